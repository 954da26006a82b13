// The picture of balance: one stop of the tab key, arrow keys walk from point to point, and what it stands for is said.
function wire(figure) {
  if (figure.dataset.wired) return;
  figure.dataset.wired = "yes";
  const points = [...figure.querySelectorAll("[data-point]")];
  const said = figure.querySelector("[data-said]");
  const help = figure.querySelector("[data-help]");
  const say = (point) => {
    said.textContent = point ? point.getAttribute("aria-label") : "";
    help.hidden = Boolean(point);
  };
  const place = (point) => {
    const circle = point.querySelector("circle");
    return [parseFloat(circle.getAttribute("cx")), parseFloat(circle.getAttribute("cy"))];
  };

  function towards(point, key) {
    const [x, y] = place(point);
    const index = points.indexOf(point);
    if (key === "Home") return points[0];
    if (key === "End") return points.at(-1);
    if (key === "ArrowRight") return points[index + 1];
    if (key === "ArrowLeft") return points[index - 1];
    const wanted = points.filter((one) => (key === "ArrowUp" ? place(one)[1] < y : place(one)[1] > y));
    const away = (one) => Math.hypot(place(one)[0] - x, (place(one)[1] - y) / 2);
    return wanted.sort((one, other) => away(one) - away(other))[0];
  }

  figure.addEventListener("keydown", (event) => {
    const point = event.target.closest("[data-point]");
    if (!point || !["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const next = towards(point, event.key);
    if (!next) return;
    point.setAttribute("tabindex", "-1");
    next.removeAttribute("tabindex");
    next.focus();
  });
  for (const [begin, end] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
    figure.addEventListener(begin, (event) => say(event.target.closest("[data-point]")));
    figure.addEventListener(end, () => say(null));
  }
}

document.querySelectorAll("[data-walk]").forEach(wire);
document.addEventListener("htmx:load", (event) => event.target.querySelectorAll("[data-walk]").forEach(wire));
