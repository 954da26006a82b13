// Cells of a list that are changed in place: a link gives way to a small form, the form to the cell again.
const cellOf = (element) => element?.closest?.("td.edits");

document.addEventListener("htmx:afterSettle", (event) => {
  const cell = cellOf(event.detail.target);
  cell?.querySelector("select, input:not([type=hidden]), a.cell")?.focus();
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".cell-editor");
  if (!form || !cellOf(form)) return;
  if (event.key === "Escape") {
    event.preventDefault();
    form.querySelector("[data-cancel]").click();
  }
  // Enter in a select sends nothing by itself.
  if (event.key === "Enter" && event.target.matches("select")) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// The row's box carries the version that its reader saw; that is now the saved one.
document.addEventListener("row:saved", (event) => {
  const { pk, version } = event.detail;
  const box = document.querySelector(`input[name=row][value^="${Number(pk)}."]`);
  if (box) box.value = `${Number(pk)}.${Number(version)}`;
});
