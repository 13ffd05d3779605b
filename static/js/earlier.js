// Messages that are not on the page: a gap is filled before it comes into sight, from the
// side that one comes from, or by its button. What is being read stays where it stands.
import { fillGap, transcript } from "./transcript.js";

const scroller = document.getElementById("scroller");
const NEAR = "1500px 0px";
const PATIENCE_MS = 10_000;
const AGAIN_MS = 3_000;

const near = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => fill(target)),
  { root: scroller, rootMargin: NEAR },
);
const watch = () => transcript.querySelectorAll(":scope > .gap").forEach((gap) => near.observe(gap));

async function fill(gap) {
  if (gap.ariaBusy === "true" || !gap.isConnected) return;
  gap.ariaBusy = "true";
  const { top } = gap.getBoundingClientRect();
  const { before, after } = gap.dataset;
  const asked = new URLSearchParams({ before, after });
  // Whoever reads above a gap comes down to it.
  if (after && top > scroller.getBoundingClientRect().top + scroller.clientHeight / 2) asked.set("down", "1");
  let html = "";
  try {
    const answer = await fetch(`${transcript.dataset.url}fill/?${asked}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok && !answer.redirected) html = await answer.text();
  } catch {
    // No network: the button stays.
  }
  if (!gap.isConnected) return; // the path has changed meanwhile
  if (html) {
    const held = gap.contains(document.activeElement);
    const placed = fillGap(gap, html);
    if (held) (asked.has("down") ? placed[0] : placed.at(-1))?.focus({ preventScroll: true });
  } else {
    setTimeout(() => {
      gap.ariaBusy = null;
      near.unobserve(gap); // so that it is looked at anew
      if (gap.isConnected) near.observe(gap);
    }, AGAIN_MS);
  }
}

transcript.addEventListener("click", (event) => {
  const gap = event.target.closest(".gap");
  if (gap && event.target.closest("button")) fill(gap);
});
document.addEventListener("transcript:changed", watch);
watch();
