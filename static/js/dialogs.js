// Native dialogs. A link with data-dialog="#id" loads its own address into that dialog; without scripts it is a page.
// An answer 204 to a form inside closes it, and so does the event "dialog:close" (HX-Trigger).
import { say } from "./toasts.js";

const words = document.body.dataset;

export function busy() {
  return document.querySelector("dialog[open]") !== null;
}

export async function load(dialog, url) {
  const waiting = document.createElement("div");
  waiting.className = "dialog__loading";
  waiting.textContent = dialog.dataset.loading;
  dialog.replaceChildren(waiting);
  if (!dialog.open) dialog.showModal();
  await htmx.ajax("GET", url, { target: dialog, swap: "innerHTML" });
}

export function ask(text) {
  const dialog = document.querySelector("#ask");
  dialog.querySelector("#ask-text").textContent = text;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

export async function close(dialog) {
  if (dialog.querySelector("form[data-changed]") && !(await ask(words.unsaved))) return;
  dialog.querySelectorAll("form[data-changed]").forEach((form) => delete form.dataset.changed);
  dialog.close();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    document.querySelector("#palette[open]")?.close();
    load(document.querySelector(link.dataset.dialog), link.href);
    return;
  }
  const opener = event.target.closest("[data-open]");
  if (opener) {
    opener.closest("[popover]")?.hidePopover();
    document.querySelector(opener.dataset.open)?.showModal();
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) close(closer.closest("dialog"));
  // A click on the veil beside a dialog closes it.
  if (event.target instanceof HTMLDialogElement && event.target.id !== "ask") {
    const box = event.target.getBoundingClientRect();
    const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    if (outside && event.detail > 0) close(event.target);
  }
});

document.addEventListener("cancel", (event) => {
  if (event.target instanceof HTMLDialogElement && event.target.querySelector("form[data-changed]")) {
    event.preventDefault();
    close(event.target);
  }
}, true);

// Only pieces belong into a dialog: an address that answers with a whole page is opened as one.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target instanceof HTMLDialogElement && event.detail.serverResponse.trimStart().startsWith("<!doctype")) {
    event.detail.shouldSwap = false;
    location.assign(event.detail.pathInfo.responsePath ?? event.detail.pathInfo.requestPath);
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target instanceof HTMLDialogElement) {
    const first = event.detail.target.querySelector("[autofocus], [data-focus]")
      ?? event.detail.target.querySelector(".dialog__body :is(input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea)")
      ?? event.detail.target.querySelector(".dialog__body :is(input:not([type=hidden]), button, a)");
    first?.focus();
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const dialog = event.detail.elt.closest?.("dialog");
  const answer = event.detail.xhr;
  if (dialog && answer.status === 204 && !answer.getResponseHeader("HX-Redirect")) dialog.close();
  if (event.detail.target instanceof HTMLDialogElement && !event.detail.successful && answer.status !== 422) event.detail.target.close();
});

document.addEventListener("dialog:close", () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()));

// A form with data-confirm asks before it is sent.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.submitter;
  ask(form.dataset.confirm).then((yes) => {
    if (!yes) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(button);
    delete form.dataset.confirmed;
  });
}, true);

document.addEventListener("htmx:sendError", () => say(words.offline));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  say([403, 404].includes(status) ? words.refused : words.failed);
});
