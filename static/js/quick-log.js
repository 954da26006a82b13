// The quick log: outcomes on 1 to 9, kinds on c m e n, folded parts on p and l, Ctrl+Enter saves, more rows of next steps, days at one touch.
import { typing } from "./keys.js";

const form = () => document.querySelector("dialog[open] [data-quick-log]") ?? document.querySelector(".main [data-quick-log]");

const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

function pick(radio) {
  if (!radio) return false;
  radio.checked = true;
  radio.focus({ preventScroll: true });
  changed(radio);
  return true;
}

document.addEventListener("keydown", (event) => {
  const log = form();
  if (!log || !log.contains(event.target) && event.target !== document.body && !event.target.closest("dialog")) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    log.requestSubmit();
    return;
  }
  // In a field of text a digit is a digit; with Alt it is an outcome even there.
  if (event.ctrlKey || event.metaKey || (typing(event.target) && !event.altKey)) return;
  const key = event.altKey ? event.code.replace(/^(Digit|Key)/, "").toLowerCase() : event.key;
  const outcomes = log.querySelectorAll(".log__outcomes input");
  const kinds = [...log.querySelectorAll(".log__kinds input")];
  const picked = /^[1-9]$/.test(key)
    ? outcomes[0]?.offsetParent && pick(outcomes[Number(key) - 1])
    : pick(kinds.find((radio) => radio.value === { c: "call", m: "meeting", e: "mail", n: "note" }[key]));
  if (picked || unfold(log, key)) event.preventDefault();
});

// A time ahead plans, one long past is marked: say so before it is saved.
// Both times are those of the person's own zone, which need not be the browser's.
function tellTime(log) {
  const at = Date.parse(`${log.elements.at.value}Z`);
  const opened = Number(log.dataset.openedAt ??= Date.now());
  const now = Date.parse(`${log.dataset.now}Z`) + Date.now() - opened;
  log.dataset.time = at > now + 300_000 ? "ahead" : at < now - 86_400_000 ? "later" : "now";
}

// People are looked for among the chosen accounts first.
function narrowPeople(log) {
  const people = log.querySelector("[data-log-contacts] [data-combo]");
  if (!people) return;
  const address = new URL(people.dataset.url, location.href);
  address.searchParams.delete("account");
  log.querySelectorAll("input[type=hidden][name=accounts]").forEach((input) => address.searchParams.append("account", input.value));
  people.dataset.url = address.pathname + address.search;
}

function addStep(log) {
  const steps = log.querySelector("[data-steps]");
  const total = steps.querySelector("[name=step-TOTAL_FORMS]");
  const number = Number(total.value);
  if (number >= Number(steps.dataset.most)) return;
  const holder = document.createElement("div");
  holder.innerHTML = steps.querySelector("[data-step-row]").innerHTML.replaceAll("__prefix__", String(number));
  const row = holder.firstElementChild;
  const last = [...steps.querySelectorAll("[data-step]")].at(-1);
  const [before, now] = [last?.querySelector("input[type=date]"), row.querySelector("input[type=date]")];
  if (before) now.value = before.value;
  const owner = last?.querySelector(".combo__box .chip");
  if (owner) {
    const chip = owner.cloneNode(true);
    chip.querySelector("input").name = row.querySelector("[data-combo]").dataset.name;
    row.querySelector(".combo__box").prepend(chip);
  }
  steps.querySelector("[data-step-add]").before(row);
  total.value = number + 1;
  htmx.trigger(row, "htmx:load", { elt: row });
  row.querySelector("input[type=text]").focus();
}

function markDay(step) {
  const day = step.querySelector("input[type=date]").value;
  step.querySelectorAll("[data-day]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.day === day)));
}

document.addEventListener("click", (event) => {
  const day = event.target.closest("[data-day]");
  if (day) {
    const step = day.closest("[data-step]");
    const input = step.querySelector("input[type=date]");
    input.value = day.dataset.day;
    changed(input);
  }
  if (event.target.closest("[data-step-add]")) addStep(event.target.closest("form"));
});

document.addEventListener("input", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) markDay(step);
  const log = event.target.form?.matches("[data-quick-log]") ? event.target.form : null;
  if (!log) return;
  if (event.target.name === "at") tellTime(log);
  if (event.target.name === "minutes" && event.target.value) log.querySelectorAll("[name=usual_minutes]").forEach((radio) => { radio.checked = false; });
  if (event.target.name === "usual_minutes") log.elements.minutes.value = "";
});

document.addEventListener("combo:change", (event) => {
  const log = event.target.closest("[data-quick-log]");
  if (log && event.target.dataset.name === "accounts") narrowPeople(log);
});

function wire(root) {
  root.querySelectorAll("[data-step]").forEach(markDay);
  root.querySelectorAll("[data-quick-log]").forEach((log) => { tellTime(log); narrowPeople(log); });
}
wire(document);
document.addEventListener("htmx:load", (event) => wire(event.detail.elt.parentElement ?? document));

// Folded parts (what hurts them, what you learned) open on their key; more rows of each are copies of a blank one.
function unfold(log, key) {
  const fold = log.querySelector(`details[data-fold="${CSS.escape(key)}"]`);
  if (!fold || !fold.offsetParent) return false;
  fold.open = true;
  [...fold.querySelectorAll("input:not([type=hidden]), textarea")].find((field) => field.offsetParent)?.focus();
  return true;
}

function addRow(rows, prefix) {
  const total = rows.querySelector(`[name=${prefix}-TOTAL_FORMS]`);
  const number = Number(total.value);
  if (number >= Number(rows.querySelector(`[name=${prefix}-MAX_NUM_FORMS]`).value)) return;
  const holder = document.createElement("div");
  holder.innerHTML = rows.querySelector("[data-row-blank]").innerHTML.replaceAll("__prefix__", String(number));
  const row = holder.firstElementChild;
  rows.querySelector("[data-row-add]").before(row);
  total.value = number + 1;
  htmx.process(row);
  row.querySelector("textarea").focus();
}

document.addEventListener("click", (event) => {
  const more = event.target.closest("[data-row-add]");
  if (more) addRow(more.closest("[data-rows]"), more.dataset.rowAdd);
});
