// A piece of a page that is swapped keeps what was typed in its other forms: a changed form with data-keep="name" goes
// back to the place of that name, as soon as there is one again.
const kept = new Map();

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap, requestConfig, isError } = event.detail;
  if (!shouldSwap || !target) return;
  const sent = requestConfig?.elt.closest?.("form");
  const version = isError ? null : sent?.elements.version?.value;
  for (const form of target.querySelectorAll("form[data-keep][data-changed]")) {
    if (form === sent) continue;
    kept.set(form.dataset.keep, { form, isNext: version != null && form.elements.version?.value === version });
    form.remove();
  }
});

function putBack() {
  for (const [name, { form, isNext }] of kept) {
    const place = [...document.querySelectorAll(`[data-keep="${CSS.escape(name)}"]`)].find((one) => one !== form);
    if (!place) continue;
    // What was just saved was saved by this person: their other forms go on from there.
    const fresh = place.elements?.version ?? document.querySelector("[data-keep] [name=version]");
    if (isNext && form.elements.version && fresh) form.elements.version.value = fresh.value;
    place.replaceWith(form);
    const box = form.closest("details");
    if (box) box.open = true;
    kept.delete(name);
  }
}
document.addEventListener("htmx:afterSwap", putBack);

addEventListener("beforeunload", (event) => {
  if (kept.size) event.preventDefault();
});
