// What every page has: menus that close, times in the person's own words, step bars.
import "./notice.js";

const SPANS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 hours ago" instead of a date in the server's zone; the exact time stays as a title. */
function tellTimes(root) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  for (const element of root.querySelectorAll("time.thread-when")) {
    const then = new Date(element.dateTime);
    const seconds = (then - Date.now()) / 1000;
    const [unit, length] = SPANS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
    element.title = then.toLocaleString();
    element.textContent = unit === "second" ? "just now" : words.format(Math.round(seconds / length), unit);
  }
}

/** Sets each step's bar behind the one before. Attributes of SVG need no inline style. */
function drawBars(root) {
  for (const table of root.querySelectorAll(".waterfall")) {
    const bars = [...table.querySelectorAll(".bar")];
    const total = bars.reduce((sum, bar) => sum + Number(bar.dataset.ms), 0) || 1;
    let start = 0;
    for (const bar of bars) {
      const share = (100 * Number(bar.dataset.ms)) / total;
      const width = Math.max(share, 1.2); // a quick step is still a visible step
      const rect = bar.querySelector("rect");
      rect.setAttribute("x", Math.min(start, 100 - width).toFixed(2));
      rect.setAttribute("width", width.toFixed(2));
      start += share;
    }
  }
}

tellTimes(document);
drawBars(document);
document.addEventListener("htmx:afterSwap", (event) => drawBars(event.detail.target));

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
