// The page of one dial: keys, what an outcome asks before it is kept, the clock of the talk, and a copy of what is typed
// in this browser, for when the line to the server is lost.
import { typing } from "./keys.js";

const form = () => document.querySelector("[data-dial]");
const kept = (of) => `pmcrm-dial-${of.dataset.dial}`;

// Esc leaves the notes, so that a digit is an outcome again.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !form()?.contains(event.target)) return;
  if (typing(event.target)) { event.target.blur(); event.preventDefault(); return; }
  const open = document.querySelector(".dial__after:not([hidden])");
  if (open) open.hidden = true;
});
// Enter in a line of the form keeps the outcome whose part is open, and sends nothing else.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement) || event.target.form !== form()) return;
  event.preventDefault();
  event.target.closest(".dial__after")?.querySelector("button[name=outcome]")?.click();
});

const isTold = (of) => [...of.querySelectorAll("[name^=learned-]")].some((input) => input.value.trim()) || of.elements.has_nothing_new.checked;

document.addEventListener("click", (event) => {
  const of = form();
  if (!of) return;
  if (event.target.closest("[data-dialled]")) of.dataset.began = Date.now();
  const button = event.target.closest("[data-asks]");
  if (!button) return;
  if (button.value === "conversation" && isTold(of)) { setMinutes(of); return; }
  event.preventDefault();
  of.querySelectorAll(".dial__after").forEach((part) => { part.hidden = `#${part.id}` !== button.dataset.asks; });
  const part = of.querySelector(button.dataset.asks);
  const first = part.querySelector("[data-first]");
  if (first.dataset.suggested && !first.value) first.value = first.dataset.suggested;
  setMinutes(of);
  first.focus();
  part.scrollIntoView({ block: "nearest" });
});

function setMinutes(of) {
  const field = of.querySelector("[data-minutes]");
  const began = Number(of.dataset.began || of.dataset.opened);
  if (!field.value) field.value = Math.max(1, Math.round((Date.now() - began) / 60_000));
}

// Pains stay closed until one said what to expect, or why not.
function unlock(of) {
  const pains = of.querySelector("[data-locked]");
  if (!pains) return;
  const said = of.querySelector("[data-unlocks]:checked") !== null;
  const bypassed = Boolean(of.querySelector("[data-bypass]")?.value.trim());
  const locked = pains.dataset.locked === "yes" && !said && !bypassed;
  pains.classList.toggle("is-locked", locked);
  pains.querySelectorAll("textarea").forEach((field) => { field.readOnly = locked; field.tabIndex = locked ? -1 : 0; });
}

document.addEventListener("focusin", (event) => {
  const of = form();
  const block = event.target.closest?.("[data-block]")?.dataset.block;
  if (!of || !block || !["who", "why", "how", "pains", "close"].includes(block)) return;
  const field = of.querySelector("[data-blocks]");
  const before = field.value ? field.value.split(",") : [];
  if (!before.includes(block)) field.value = [...before, block].join(",");
});

function values(of) {
  return [...new FormData(of).entries()].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "outcome");
}
document.addEventListener("input", (event) => {
  const of = form();
  if (event.target.form !== of || !of) return;
  unlock(of);
  localStorage.setItem(kept(of), JSON.stringify({ values: values(of) }));
});
document.addEventListener("change", (event) => { if (event.target.form === form() && form()) unlock(form()); });

// The copy goes when the server has it, so that what is found later is what the server never saw.
function watch(of) {
  const note = of.querySelector("[data-saved]");
  new MutationObserver(() => { if (note.dataset.savedAt) localStorage.removeItem(kept(of)); })
    .observe(note, { attributes: true, attributeFilter: ["data-saved-at"] });
}
function restore(of) {
  const copy = JSON.parse(localStorage.getItem(kept(of)) ?? "null");
  if (!copy) return;
  for (const [name, value] of copy.values) {
    const fields = [...of.elements].filter((field) => field.name === name);
    for (const field of fields) {
      if (field.type === "checkbox" || field.type === "radio") field.checked ||= field.value === value;
      else if (field.tagName !== "BUTTON") field.value = value;
    }
  }
  of.dispatchEvent(new Event("input", { bubbles: true }));
  of.elements.notes.dispatchEvent(new Event("input", { bubbles: true }));
}
// A talk without typing keeps the person, too: the open card says so every few minutes, for an hour and a half at most.
setInterval(() => {
  const of = form();
  if (!of || document.hidden || Date.now() - of.dataset.opened > 90 * 60_000) return;
  of.elements.notes.dispatchEvent(new Event("input", { bubbles: true }));
}, 4 * 60_000);
addEventListener("online", () => form()?.elements.notes.dispatchEvent(new Event("input", { bubbles: true })));

document.addEventListener("htmx:afterRequest", (event) => {
  const of = event.detail.elt.closest?.("[data-dial]");
  if (of && event.detail.successful && event.detail.elt === of) localStorage.removeItem(kept(of));
});

function wire() {
  const of = form();
  if (!of || of.dataset.opened) return;
  of.dataset.opened = Date.now();
  watch(of);
  restore(of);
  unlock(of);
}
wire();
document.addEventListener("htmx:afterSettle", wire);
