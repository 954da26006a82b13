// Typeahead over an address that answers {"results": [{"id", "label", "sub"}]} to ?q= (the API's lists fit: name and ref).
// One choice or many with chips; what is chosen travels as hidden inputs.
const wired = new WeakSet();

function wire(combo) {
  if (wired.has(combo)) return;
  wired.add(combo);
  const input = combo.querySelector("input[role=combobox]");
  const list = combo.querySelector("[role=listbox]");
  const { url, name, multiple } = combo.dataset;
  const many = multiple !== undefined;
  let chosen = -1;
  let clock = 0;
  let asked = "";
  // What is shown belongs to older letters until the answer is there; Enter then waits for it and takes its first.
  let waiting = false;
  let takeFirst = false;
  let takesFirst = false; // Enter was pressed before the answer came

  const chips = () => [...combo.querySelectorAll(".chip")];

  function shut() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    const options = [...list.querySelectorAll("[role=option]")];
    if (!options.length) return;
    chosen = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    options[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[chosen].id);
  }

  function tell() {
    combo.dispatchEvent(new CustomEvent("combo:change", { bubbles: true, detail: { values: chips().map((chip) => chip.dataset.value) } }));
  }

  function add(id, label) {
    if (!many) chips().forEach((chip) => chip.remove());
    if (!chips().some((chip) => chip.dataset.value === String(id))) {
      const chip = document.createElement("span");
      chip.className = "chip";
      chip.dataset.value = id;
      const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value: id });
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", `${combo.dataset.remove} ${label}`);
      chip.append(document.createTextNode(label), hidden, button);
      input.before(chip);
    }
    input.value = "";
    shut();
    tell();
    input.focus();
  }

  function show(results) {
    list.replaceChildren();
    results.forEach((result, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.value = result.id;
      const label = document.createElement("span");
      label.textContent = result.label ?? result.name;
      const sub = document.createElement("span");
      sub.className = "sub";
      sub.textContent = result.sub ?? result.ref ?? result.email ?? "";
      option.append(label, sub);
      list.append(option);
    });
    if (!results.length) {
      const nothing = document.createElement("li");
      nothing.className = "dim small";
      nothing.setAttribute("role", "option");
      nothing.setAttribute("aria-disabled", "true");
      nothing.textContent = combo.dataset.none;
      list.append(nothing);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (results.length) mark(0);
    if (takesFirst && results.length) add(results[0].id, list.firstElementChild.firstElementChild.textContent);
    takesFirst = false;
  }

  async function find() {
    const text = input.value.trim();
    asked = text;
    const address = new URL(combo.dataset.url || url, location.href);
    address.searchParams.set("q", text);
    address.searchParams.set("search", text);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (asked !== text || document.activeElement !== input) return;
      waiting = false;
      show(found.results);
    } catch {
      waiting = takeFirst = false;
      shut();
    }
  }

  input.addEventListener("input", () => { takesFirst = false; clearTimeout(clock); clock = setTimeout(find, 120); });
  input.addEventListener("focus", () => { if (!input.value && (many || !chips().length)) find(); });
  input.addEventListener("blur", () => setTimeout(shut, 150));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { if (list.hidden) find(); else mark(chosen + 1); }
    else if (event.key === "ArrowUp") mark(chosen - 1);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && input.value.trim() && (list.hidden || asked !== input.value.trim())) { takesFirst = true; clearTimeout(clock); find(); }
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !list.hidden && chosen >= 0) list.querySelectorAll("[role=option]")[chosen]?.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
    else if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); shut(); }
    else if (event.key === "Backspace" && input.value === "" && chips().length) { chips().at(-1).remove(); tell(); return; }
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[data-value]");
    if (option) add(option.dataset.value, option.firstElementChild.textContent);
  });
  combo.addEventListener("click", (event) => {
    const button = event.target.closest(".chip button");
    if (button) { button.closest(".chip").remove(); tell(); input.focus(); }
    else if (event.target.matches(".combo__box")) input.focus();
  });
}

const wireAll = (root) => root.querySelectorAll("[data-combo]").forEach(wire);
wireAll(document);
document.addEventListener("htmx:load", (event) => wireAll(event.detail.elt.parentElement ?? document));
