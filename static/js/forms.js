// Forms keep what was typed: a warning before leaving, drafts saved by themselves, the first refused field in focus.
// data-guard on a form warns; data-autosave="url" posts the form there and writes "saved" into [data-saved].
const timers = new WeakMap();

function changed(form) {
  if (form.matches("[data-guard], [data-autosave]")) form.dataset.changed = "yes";
  if (!form.dataset.autosave) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), 800));
}

async function save(form) {
  if (!form.isConnected) return;
  const note = form.querySelector("[data-saved]");
  try {
    const answer = await fetch(form.dataset.autosave, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"], "X-Requested-With": "fetch" },
    });
    if (answer.status === 409) { refused(form, note, await answer.json()); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    if ((answer.headers.get("Content-Type") ?? "").includes("json")) take(form, await answer.json());
    delete form.dataset.changed;
    if (note) { note.dataset.savedAt = Date.now(); show(note); }
  } catch {
    if (note) { delete note.dataset.savedAt; note.textContent = note.dataset.failed ?? document.body.dataset.offline; }
  }
}

// A server that says no is not a server that is away: its own words stand there.
function refused(form, note, answer) {
  delete form.dataset.changed;
  if (note) { delete note.dataset.savedAt; note.textContent = answer.detail; }
}

// The answer may name values of hidden fields (the draft's id, its version) that the next save has to carry.
function take(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const input = form.elements[name];
    if (input instanceof HTMLInputElement && input.type === "hidden") input.value = value;
  }
}

function show(note) {
  const seconds = Math.max(1, Math.round((Date.now() - note.dataset.savedAt) / 1000));
  const word = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "narrow" });
  const text = seconds < 60 ? word.format(-seconds, "second") : word.format(-Math.floor(seconds / 60), "minute");
  note.textContent = (note.dataset.saved || "saved %s").replace("%s", text);
}
setInterval(() => document.querySelectorAll("[data-saved-at]").forEach(show), 2000);

document.addEventListener("input", (event) => event.target.form && changed(event.target.form));
document.addEventListener("combo:change", (event) => {
  const form = event.target.closest("form");
  if (form) changed(form);
});
document.addEventListener("submit", (event) => {
  clearTimeout(timers.get(event.target));
  delete event.target.dataset.changed;
});
// A refused form was not saved after all.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form && !event.detail.successful && form.matches("[data-guard], [data-autosave]")) form.dataset.changed = "yes";
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-changed]")) event.preventDefault();
});

export function focusFirst(root) {
  (root.querySelector("[data-focus]") ?? root.querySelector("[aria-invalid=true]"))?.focus();
}
document.addEventListener("htmx:afterSettle", (event) => focusFirst(event.detail.target));
focusFirst(document);

// A filter form with data-live sends itself when something in it changes.
document.addEventListener("change", (event) => {
  if (event.target.form?.matches("[data-live]")) event.target.form.requestSubmit();
});
