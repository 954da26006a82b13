// Short messages that go by themselves. The server sends them as Django messages or as the event "toast" (HX-Trigger).
const place = document.querySelector("#toasts");
const pattern = document.querySelector("#toast");

function leave(toast) {
  let clock = setTimeout(() => toast.remove(), 7000);
  toast.addEventListener("mouseenter", () => clearTimeout(clock));
  toast.addEventListener("mouseleave", () => { clock = setTimeout(() => toast.remove(), 3000); });
}

// `undo` is {label, url}: a button that posts there.
export function say(text, undo) {
  const toast = pattern.content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: undo.label, className: "toast__undo" });
    button.addEventListener("click", () => htmx.ajax("POST", undo.url, { source: document.body, swap: "none" }));
    toast.querySelector("button").before(button);
  }
  place.append(toast);
  leave(toast);
  // What stands behind an open dialog cannot be read: take the messages to the top layer.
  const dialog = document.querySelector("dialog[open]");
  (dialog ?? document.body).append(place);
}

// A reminder stays until it is closed or opened; it leads somewhere.
function remind({ text, url, label }) {
  say(text);
  const toast = place.lastElementChild.cloneNode(true);
  place.lastElementChild.remove();
  const link = Object.assign(document.createElement("a"), { href: url, textContent: label, className: "toast__undo" });
  toast.querySelector("button").before(link);
  place.append(toast);
}

place.addEventListener("click", (event) => event.target.closest("button[type=button]")?.closest(".toast").remove());
place.querySelectorAll("[data-toast]").forEach(leave);
document.addEventListener("toast", (event) => say(event.detail.value ?? event.detail.text, event.detail.undo));
document.addEventListener("close", () => document.body.append(place), true);
document.addEventListener("reminders", (event) => event.detail.value.forEach(remind));
