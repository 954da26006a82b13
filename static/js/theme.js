// The appearance: applied at once, kept with the person.
document.querySelectorAll("[data-theme-switch]").forEach((group) => {
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button[value]");
    if (!button) return;
    document.documentElement.dataset.theme = button.value;
    group.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    if (group.dataset.url) htmx.ajax("POST", group.dataset.url, { values: { theme: button.value }, swap: "none", source: document.body });
  });
});
