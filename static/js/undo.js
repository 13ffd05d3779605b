// The ten seconds in which a deletion can be taken back: a notice above the composer, in
// every tab and after a reload. The server decides; the page only counts down.
import { phrase } from "./phrase.js";

const place = document.getElementById("undo");
const still = matchMedia("(prefers-reduced-motion: reduce)");
let clock = 0;
let focusAfter = null; // where the focus goes when the notice ends under it

/** Shows the notices of an answer; none in it takes ours away. */
export function placeUndo(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const fresh = box.content.querySelector("#undo");
  if (!fresh) return;
  const focused = place.contains(document.activeElement);
  place.replaceChildren(...fresh.childNodes);
  window.htmx.process(place);
  if (focused) leave();
  begin();
}

/** Puts the focus on the newest Undo: where it was is gone. */
export function focusUndo(after) {
  focusAfter = after;
  place.querySelector("button")?.focus({ preventScroll: true });
}

function begin() {
  const now = performance.now();
  for (const notice of place.children) {
    const left = Number(notice.dataset.left) * 1000;
    notice.dataset.end = now + left;
    const bar = notice.querySelector(".undo-bar");
    if (!still.matches) {
      const from = left / (Number(notice.dataset.of) * 1000);
      bar.animate([{ scale: `${from} 1` }, { scale: "0 1" }], { duration: left, fill: "forwards" });
    }
  }
  clearInterval(clock);
  clock = setInterval(tick, 250);
  tick();
}

function tick() {
  for (const notice of [...place.children]) {
    const left = Number(notice.dataset.end) - performance.now();
    const words = phrase("%(n)s s", { n: Math.ceil(left / 1000) });
    const count = notice.querySelector(".undo-left");
    if (left <= 0) end(notice);
    else if (count.textContent !== words) count.textContent = words;
  }
  if (!place.children.length) clearInterval(clock);
}

function end(notice) {
  const focused = notice.contains(document.activeElement);
  notice.remove();
  if (focused) leave();
}

function leave() {
  const next = place.querySelector("button") ?? focusAfter?.() ?? document.getElementById("scroller");
  next.focus({ preventScroll: true });
}

begin();
