// Where the person reads. The page follows the newest words while the person is at the
// end, and only then; whatever changes elsewhere, the line being read stays where it is.

const scroller = document.getElementById("scroller");
const transcript = document.getElementById("transcript");
const latest = document.getElementById("latest");
const linked = location.hash.startsWith("#message-") && document.getElementById(location.hash.slice(1));
// A new conversation starts at its top, a lesson at the card below its greeting, and a
// link at the message that it leads to.
let atEnd = !linked && (transcript.querySelector('[data-role="user"]') ?? document.getElementById("practice")) !== null;
let height = 0; // of the content, when the page last looked

const toEnd = () => scroller.scrollTo({ top: scroller.scrollHeight });
const topOf = (element) => element.getBoundingClientRect().top;

// Below the newest words of a lesson stands its card: where that is in sight, nothing newer
// is missed, and the way down would only lie over it.
function cardInSight() {
  const card = document.getElementById("practice");
  return card !== null && topOf(card) < scroller.getBoundingClientRect().bottom;
}

/** Goes to the newest message and stays there: after sending, and on "Latest". */
export function stayAtEnd() {
  atEnd = true;
  latest.hidden = true;
  toEnd();
}

/** Follows the newest words no longer: what one is about to do is elsewhere. */
export function stayHere() {
  atEnd = false;
}

// The articles in sight and some below them. Found by halves: of thousands that stand on
// the page, a dozen are asked where they are.
const SOME = 40;
function inSight() {
  const { children } = transcript;
  const edge = topOf(scroller);
  let from = 0;
  for (let to = children.length; from < to; ) {
    const middle = (from + to) >> 1;
    if (children[middle].getBoundingClientRect().bottom > edge) to = middle;
    else from = middle + 1;
  }
  const seen = [];
  for (let at = from; at < children.length && seen.length < SOME; at += 1) if (children[at].id) seen.push(children[at]);
  return seen;
}

/** The first message in sight. */
export const topmost = () => inSight()[0] ?? null;

/** The id of the first message in sight, "" at the end: that is always there. */
export function readAt() {
  return (!atEnd && topmost()?.id.replace("message-", "")) || "";
}

/** Runs `change` of the transcript; the first article in sight that is still there then
 * stands where it stood. `pivot(): element` names what has to stand still instead. */
export function inPlace(change, pivot) {
  const seen = inSight().map((article) => [article.id, topOf(article)]);
  const before = pivot?.();
  const wasAt = before && topOf(before);
  const outcome = change();
  const after = pivot?.();
  if (before && after) {
    atEnd = after.closest("article") === transcript.lastElementChild;
    scroller.scrollTop += topOf(after) - wasAt;
  } else if (!atEnd) {
    const found = seen.find(([id]) => document.getElementById(id));
    if (found) scroller.scrollTop += topOf(document.getElementById(found[0])) - found[1];
  }
  return outcome;
}

scroller.addEventListener("scroll", () => {
  // While the content changes, a scroll event says nothing about the person.
  if (scroller.scrollHeight !== height) return;
  atEnd = height - scroller.scrollTop - scroller.clientHeight < 64;
  latest.hidden = atEnd || cardInSight();
  document.querySelector(".room-head").classList.toggle("is-scrolled", scroller.scrollTop > 8);
}, { passive: true });

const grown = new ResizeObserver(() => {
  height = scroller.scrollHeight;
  if (atEnd) toEnd();
  else latest.hidden = height - scroller.scrollTop - scroller.clientHeight < 64 || cardInSight();
});
grown.observe(transcript.parentElement); // with what stands below it
grown.observe(scroller);
latest.addEventListener("click", stayAtEnd);

if (linked) {
  linked.scrollIntoView({ block: "center" });
  linked.focus({ preventScroll: true });
}
