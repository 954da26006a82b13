// Times that count on by themselves while a page stays open: <time data-ago datetime="...">.
const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];

function write() {
  const word = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const step = steps.find(([, size]) => seconds >= size);
    if (step && seconds < 30 * 86400 && time.dateTime.includes("T")) time.textContent = word.format(-Math.floor(seconds / step[1]), step[0]);
  }
}
setInterval(write, 30000);
