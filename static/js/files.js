// Files dropped on a form with data-drop are sent as if they had been chosen there.
const over = (event) => (event.dataTransfer?.types.includes("Files") ? event.target.closest?.("[data-drop]") : null);

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    const form = over(event);
    document.querySelectorAll(".drop--over").forEach((other) => other !== form && other.classList.remove("drop--over"));
    if (!form) return;
    event.preventDefault();
    form.classList.add("drop--over");
  });
}

document.addEventListener("dragleave", (event) => {
  if (event.target === event.currentTarget || event.relatedTarget === null) {
    document.querySelectorAll(".drop--over").forEach((form) => form.classList.remove("drop--over"));
  }
});

document.addEventListener("drop", (event) => {
  const form = over(event);
  if (!form) return;
  event.preventDefault();
  form.classList.remove("drop--over");
  form.querySelector("input[type=file]").files = event.dataTransfer.files;
  form.requestSubmit();
});
