// The whale curve: a crosshair that follows the pointer, the same walk by keyboard, and a stretch that opens its accounts.
const language = document.documentElement.lang;
const tenths = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });

const fill = (text, values) => text.replace(/%(\w+)/g, (_, name) => values[name] ?? "");

function wire(figure) {
  if (figure.dataset.wired) return;
  figure.dataset.wired = "yes";
  const { accounts, lowest, highest, base, accountsUrl, accountsTarget, ...say } = figure.dataset;
  const points = JSON.parse(figure.dataset.points);
  const walker = figure.querySelector(".whale__walker");
  const label = figure.querySelector(".whale__label");
  const stretch = figure.querySelector(".whale__stretch");
  const frames = [...figure.querySelectorAll("[data-frame]")];
  const total = Number(accounts);
  let at = Math.max(0, points.findIndex(([rank]) => rank === Number(walker.getAttribute("aria-valuenow"))));
  let from = null;
  let dragging = false;

  const frame = () => frames.find((one) => one.offsetParent !== null) ?? frames[0];

  function scale() {
    const { left, right, top, bottom } = frame().dataset;
    const x = (rank) => Number(left) + (Number(right) - Number(left)) * rank / total;
    const y = (value) => Number(top) + (Number(bottom) - Number(top)) * (highest - value) / (highest - lowest);
    return { x, y, left: Number(left), right: Number(right) };
  }

  function nearest(event) {
    const svg = frame().querySelector("svg");
    const box = svg.getBoundingClientRect();
    const { left, right } = scale();
    const x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
    const rank = Math.min(Math.max((x - left) / (right - left), 0), 1) * total;
    let best = 0;
    points.forEach(([one], index) => { if (Math.abs(one - rank) < Math.abs(points[best][0] - rank)) best = index; });
    return best;
  }

  function words(index) {
    const [rank, value] = points[index];
    const figure = (base === "money" ? plain.format(value) : `${tenths.format(value * 100)}\u00a0%`).replace("-", "−");
    const word = { total: say.sayTotal, peak: say.sayPeak, money: say.sayMoney }[base];
    return [fill(say.sayRank, { rank: plain.format(rank), accounts: plain.format(total) }), fill(word, { value: figure })];
  }

  function show(index) {
    at = Math.min(Math.max(index, 0), points.length - 1);
    const [rank, value] = points[at];
    const { x, y } = scale();
    const svg = frame().querySelector("svg");
    const cross = svg.querySelector(".cross");
    cross.setAttribute("visibility", "visible");
    cross.querySelector("line").setAttribute("x1", x(rank));
    cross.querySelector("line").setAttribute("x2", x(rank));
    cross.querySelector("circle").setAttribute("cx", x(rank));
    cross.querySelector("circle").setAttribute("cy", y(value));
    const [first, second] = words(at);
    const strong = document.createElement("b");
    strong.textContent = second;
    label.replaceChildren(strong, document.createTextNode(first));
    label.hidden = false;
    const zoom = svg.clientWidth / svg.viewBox.baseVal.width;
    const beside = x(rank) * zoom + 12 + label.offsetWidth > figure.clientWidth ? -12 - label.offsetWidth : 12;
    const above = Math.max(0, y(value) * zoom + (y(value) * zoom > label.offsetHeight + 16 ? -label.offsetHeight - 10 : 14));
    label.style.translate = `${x(rank) * zoom + beside}px ${above}px`;
    walker.setAttribute("aria-valuenow", rank);
    walker.setAttribute("aria-valuetext", `${first}: ${second}`);
    brush();
  }

  function range() {
    if (from === null || from === at) return null;
    const [one, two] = [points[Math.min(from, at)][0], points[Math.max(from, at)][0]];
    return { from: one + 1, to: two };
  }

  function brush() {
    const mark = frame().querySelector(".brush");
    const chosen = range();
    mark.setAttribute("visibility", chosen ? "visible" : "hidden");
    stretch.textContent = chosen ? fill(say.sayStretch, { from: plain.format(chosen.from), to: plain.format(chosen.to) }) : "";
    if (!chosen) return;
    const { x } = scale();
    mark.setAttribute("x", x(chosen.from - 1));
    mark.setAttribute("width", x(chosen.to) - x(chosen.from - 1));
  }

  function hide() {
    if (document.activeElement === walker || dragging) return;
    label.hidden = true;
    figure.querySelectorAll(".cross").forEach((cross) => cross.setAttribute("visibility", "hidden"));
  }

  function openStretch() {
    if (!accountsUrl) return;
    const chosen = range() ?? { from: (points[at - 1]?.[0] ?? 0) + 1, to: Math.max(points[at][0], 1) };
    const address = new URL(accountsUrl, location.href);
    address.searchParams.set("from", chosen.from);
    address.searchParams.set("to", chosen.to);
    const target = accountsTarget && document.querySelector(accountsTarget);
    if (!target) { location.assign(address); return; }
    htmx.ajax("GET", address.pathname + address.search, { target, swap: "innerHTML", source: walker }).then(() => {
      target.scrollIntoView({ block: "nearest", behavior: "smooth" });
    });
  }

  walker.addEventListener("pointermove", (event) => show(nearest(event)));
  walker.addEventListener("pointerleave", hide);
  walker.addEventListener("blur", () => { from = null; brush(); hide(); });
  walker.addEventListener("focus", () => { if (label.hidden) show(at); });
  walker.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = nearest(event);
    dragging = true;
    if (event.pointerType === "mouse") walker.setPointerCapture(event.pointerId);
    show(from);
  });
  walker.addEventListener("pointerup", () => {
    if (dragging && range()) openStretch();
    dragging = false;
  });
  walker.addEventListener("pointercancel", () => { dragging = false; from = null; brush(); });
  walker.addEventListener("keydown", (event) => {
    const jump = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -points.length, End: points.length }[event.key];
    if (jump !== undefined) {
      if (!event.shiftKey) from = null;
      else from ??= at;
      show(at + jump);
    } else if (event.key === "Enter") {
      openStretch();
    } else if (event.key === "Escape" && from !== null) {
      from = null;
      brush();
    } else {
      return;
    }
    event.preventDefault();
  });
}

const wireAll = (root) => root.querySelectorAll("[data-whale]").forEach(wire);
wireAll(document);
document.addEventListener("htmx:load", (event) => wireAll(event.detail.elt.parentElement ?? document));
