// The agenda, written by keyboard: Enter adds a row, Alt and an arrow moves one, the total of minutes follows.
function total(form) {
  const minutes = [...form.querySelectorAll("[name=minutes]")].reduce((sum, input) => sum + (parseInt(input.value, 10) || 0), 0);
  const place = form.querySelector("[data-agenda-total]");
  place.textContent = minutes;
  place.parentElement.classList.toggle("warn", minutes > Number(form.dataset.minutes));
}

function changed(form) {
  total(form);
  form.dataset.changed = "yes";
}

function add(form, after) {
  const rows = form.querySelector("[data-agenda-rows]");
  if (rows.children.length >= Number(form.dataset.most)) { rows.lastElementChild.querySelector("input").focus(); return; }
  const row = form.querySelector("[data-agenda-row]").content.firstElementChild.cloneNode(true);
  if (after) after.after(row); else rows.append(row);
  row.querySelector("input").focus();
}

function move(row, by) {
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(row); else other.after(row);
  changed(row.closest("form"));
}

document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-agenda]");
  if (!form) return;
  const row = event.target.closest("[data-agenda-item]");
  if (event.target.closest("[data-agenda-add]")) add(form);
  else if (event.target.closest("[data-agenda-up]")) move(row, -1);
  else if (event.target.closest("[data-agenda-remove]")) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    changed(form);
    if (next) next.querySelector("input").focus(); else add(form);
  }
});

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-agenda-item]");
  if (!row) return;
  if (event.key === "Enter" && event.target.tagName === "INPUT") {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) row.closest("form").requestSubmit();
    else add(row.closest("form"), row);
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    move(row, event.key === "ArrowUp" ? -1 : 1);
    event.target.focus();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.name === "minutes" && event.target.closest("[data-agenda]")) total(event.target.form);
});
