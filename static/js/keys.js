// Keys that work anywhere; mute while somebody types or a dialog is open.
import { busy } from "./dialogs.js";

export function typing(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function openDialog(id) {
  document.querySelector(id)?.showModal();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (!busy()) openDialog("#palette");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target) || busy()) return;
  if (event.key === "c") {
    const link = document.querySelector(".main [data-log-call]") ?? document.querySelector("[data-log-call]");
    if (link) { event.preventDefault(); link.click(); }
  } else if (event.key === "/") {
    event.preventDefault();
    const own = document.querySelector("[data-page-search]");
    if (own) own.focus(); else openDialog("#palette");
  } else if (event.key === "?") {
    event.preventDefault();
    openDialog("#keys");
  } else if (event.key.length === 1) {
    // A page's own keys, such as 1 to 9 for the outcomes of a call: data-key="1".
    const own = document.querySelector(`.main [data-key="${CSS.escape(event.key)}"]`);
    if (own) { event.preventDefault(); own.click(); }
  }
});
