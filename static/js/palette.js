// The palette: actions and pages before you type, records as you type. ARIA combobox over a listbox.
const dialog = document.querySelector("#palette");
const box = dialog?.querySelector("[data-palette]");

if (box) {
  const list = dialog.querySelector("[role=listbox]");
  const actions = dialog.querySelector("[data-palette-actions]");
  const results = dialog.querySelector("[data-palette-results]");
  const none = dialog.querySelector("[data-palette-none]");
  let chosen = null;
  let clock = 0;

  const options = () => [...list.querySelectorAll("[role=option]:not([hidden])")];

  function choose(option) {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option ?? null;
    if (!chosen) { box.removeAttribute("aria-activedescendant"); return; }
    chosen.id ||= `option-${Math.random().toString(36).slice(2)}`;
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", chosen.id);
  }

  function narrow() {
    const text = box.value.trim().toLowerCase();
    for (const option of actions.querySelectorAll("[role=option]")) {
      option.hidden = text !== "" && !option.textContent.toLowerCase().includes(text);
    }
    actions.hidden = !actions.querySelector("[role=option]:not([hidden])");
    choose(options()[0]);
    none.hidden = true;
  }

  async function find() {
    const text = box.value.trim();
    if (!box.dataset.url || text === "") { results.replaceChildren(); narrow(); return; }
    await htmx.ajax("GET", `${box.dataset.url}?q=${encodeURIComponent(text)}`, { target: results, swap: "innerHTML", source: box });
    if (box.value.trim() !== text) return;
    choose(options()[0]);
    none.hidden = options().length > 0;
  }

  box.addEventListener("input", () => {
    narrow();
    clearTimeout(clock);
    clock = setTimeout(find, 120);
  });

  box.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(chosen);
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(at - 1 + all.length) % all.length]);
    else if (event.key === "Enter") chosen?.click();
    else return;
    event.preventDefault();
  });

  list.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen) choose(option);
  });

  new MutationObserver(() => {
    if (!dialog.open) return;
    box.value = "";
    results.replaceChildren();
    narrow();
    box.focus();
  }).observe(dialog, { attributes: true, attributeFilter: ["open"] });
}
