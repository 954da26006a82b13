// Small manners: rows that open, text that copies, filters that close, boxes that tick all.
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a, button, input, label, select, summary") && !getSelection().toString()) {
    if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  }
  for (const filter of document.querySelectorAll("details[data-filter][open]")) {
    if (!filter.contains(event.target)) filter.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const filter = event.target.closest?.("details[data-filter][open]");
  if (filter) { filter.open = false; filter.querySelector("summary").focus(); }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  const from = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  await navigator.clipboard.writeText(button.dataset.copy || from.innerText.trim());
  const words = [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!words || button.dataset.was) return;
  button.dataset.was = words.textContent;
  words.textContent = button.dataset.copied;
  setTimeout(() => { words.textContent = button.dataset.was; delete button.dataset.was; }, 1600);
});

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-tick-all]");
  if (!all) return;
  for (const box of document.querySelectorAll(all.dataset.tickAll)) {
    box.checked = all.checked;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// Two views of one thing, such as chart and table: the buttons of data-views show the element they name.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-views] [data-shows]");
  if (!button) return;
  for (const other of button.closest("[data-views]").querySelectorAll("[data-shows]")) {
    other.setAttribute("aria-pressed", String(other === button));
    document.querySelector(other.dataset.shows).hidden = other !== button;
  }
});
