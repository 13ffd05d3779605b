// Messages that are not on the page: a gap is filled before it comes into sight, from the
// side that one comes from, or by its button. What is being read stays where it stands. What
// is far from there goes again: each article costs every frame that is drawn.
import { phrase, phraseOf } from "./phrase.js";
import { topmost } from "./reading.js";
import { fillGap, leave, transcript } from "./transcript.js";

const scroller = document.getElementById("scroller");
const NEAR = "1500px 0px";
const PATIENCE_MS = 10_000;
const AGAIN_MS = 3_000;
const AT_ONCE = 6; // put in before the next frame: some fifteen milliseconds of work
const AROUND = 45; // articles that stay on each side of what is read
const NEWEST = 60; // and at the end: more than a change of the path brings
const WORTH_IT = 30; // fewer are not taken away

const near = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => fill(target)),
  { root: scroller, rootMargin: NEAR },
);
const isGap = (node) => node?.matches(".gap");
const idOf = (article) => article.id.replace("message-", "");
const gaps = () => [...transcript.children].filter(isGap);
const watch = () => gaps().forEach((gap) => near.observe(gap));
const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

async function fill(gap) {
  if (gap.ariaBusy === "true" || !gap.isConnected) return;
  gap.ariaBusy = "true";
  const { top } = gap.getBoundingClientRect();
  const { before, after } = gap.dataset;
  const asked = new URLSearchParams({ before, after });
  // Whoever reads above a gap comes down to it.
  const down = Boolean(after) && top > scroller.getBoundingClientRect().top + scroller.clientHeight / 2;
  if (down) asked.set("down", "1");
  let html = "";
  try {
    const answer = await fetch(`${transcript.dataset.url}fill/?${asked}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok && !answer.redirected) html = await answer.text();
  } catch {
    // No network: the button stays.
  }
  if (!gap.isConnected) return; // the path has changed meanwhile
  if (html) {
    await put(gap, html, down);
    await drawn();
    leaveFar();
  } else {
    setTimeout(() => {
      gap.ariaBusy = null;
      near.unobserve(gap); // so that it is looked at anew
      if (gap.isConnected) near.observe(gap);
    }, AGAIN_MS);
  }
}

// A few articles a frame, from the side that is read: sixty at once would hold up the page.
// Whatever comes between, the gap stands where something is missing, and says what.
async function put(gap, html, down) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const rest = box.content.querySelector(".gap");
  const articles = [...box.content.querySelectorAll("article.message")];
  let held = gap.contains(document.activeElement);
  do {
    const some = down ? articles.splice(0, AT_ONCE) : articles.splice(-AT_ONCE);
    const edge = some.at(down ? -1 : 0);
    const nearest = some.at(down ? 0 : -1);
    if (edge) gap.dataset[down ? "after" : "before"] = idOf(edge);
    gap.dataset.count -= some.length;
    say(gap);
    fillGap(gap, some, { down, left: articles.length ? gap : rest });
    if (held && nearest?.isConnected) nearest.focus({ preventScroll: true });
    held = false;
    if (articles.length) await drawn();
  } while (articles.length && gap.isConnected);
}

/** Articles far above and far below what is read become gaps, but for the newest ones. */
function leaveFar() {
  const at = [...transcript.children].indexOf(topmost());
  if (at < 0) return;
  takeAway(at + AROUND, transcript.children.length - NEWEST); // first: it moves nothing above
  takeAway(0, at - AROUND);
}

function takeAway(from, to) {
  const all = [...transcript.children];
  while (from > 0 && isGap(all[from - 1])) from -= 1;
  while (isGap(all[to])) to += 1;
  const nodes = all.slice(from, to);
  if (to <= from || nodes.filter((node) => !isGap(node)).length < WORTH_IT) return;
  const gap = document.createElement("div");
  gap.className = "gap";
  gap.dataset.before = idOf(all[to]);
  gap.dataset.after = from > 0 ? idOf(all[from - 1]) : "";
  gap.dataset.count = nodes.reduce((sum, node) => sum + Number(node.dataset.count ?? 1), 0);
  gap.append(document.createElement("button"), document.createElement("span"));
  gap.firstChild.type = "button";
  gap.firstChild.className = "button button-outline button-small";
  gap.lastChild.className = "gap-count";
  say(gap);
  leave(nodes, gap);
}

function say(gap) {
  const { after, count } = gap.dataset;
  gap.firstElementChild.textContent = after ? phrase("Show the messages between") : phrase("Show earlier messages");
  gap.lastElementChild.textContent = phraseOf(Number(count), "%(n)s message", "%(n)s messages");
}

transcript.addEventListener("click", (event) => {
  const gap = event.target.closest(".gap");
  if (gap && event.target.closest("button")) fill(gap);
});
document.addEventListener("transcript:changed", watch);
document.addEventListener("language:changed", () => gaps().forEach(say));
watch();
