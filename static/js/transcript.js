// The transcript in the page: articles come in from the page itself, from the POST's answer
// and from the socket, in any order and more than once; each message stands here once.
import { Stream } from "./stream.js";

export const transcript = document.getElementById("transcript");
const scroller = document.getElementById("scroller");
const latest = document.getElementById("latest");
const announcer = document.getElementById("announcer");
const streams = new Map(); // generation -> Stream; frames may come before their article
const painted = new WeakMap(); // article -> what of its stream is in the page already
let atEnd = transcript.querySelector('[data-role="user"]') !== null; // a new one starts at its top

const UNFINISHED = '[data-status="pending"], [data-status="streaming"]';
const isUnfinished = (article) => article.matches(UNFINISHED);
const articleOf = (generation) =>
  transcript.querySelector(`article[data-generation="${CSS.escape(generation)}"]`);

/** Articles whose reply is still to come, or still coming. */
export const unfinished = () => [...transcript.querySelectorAll(UNFINISHED)];
export const isBusy = () => transcript.querySelector(UNFINISHED) !== null;
export const lastId = () =>
  transcript.lastElementChild?.id.replace("message-", "") ?? "";

/** Where the page stands with a generation, and whether any frame of it came yet. */
export function position(generation) {
  const stream = streams.get(generation);
  return { heard: stream !== undefined, ...(stream ?? new Stream()).position };
}

/** Puts articles where they belong: known ones are replaced, new ones keep their order. */
export function place(html, { replaces = "" } = {}) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const old = replaces && document.getElementById(`message-${replaces}`);
  const placed = [];
  let next = null;
  for (const article of [...box.content.querySelectorAll("article.message")].reverse()) {
    const known = document.getElementById(article.id);
    if (known) {
      if (isNews(known, article)) {
        swap(known, article);
        placed.push(article);
      }
    } else if (old?.isConnected) {
      swap(old, article);
      placed.push(article);
    } else {
      transcript.insertBefore(article, next);
      announce(article);
      placed.push(article);
    }
    next = known?.isConnected ? known : article;
  }
  for (const article of placed) {
    window.htmx.process(article);
    paint(article.dataset.generation);
  }
  return placed.reverse();
}

// The POST's answer may be slower than the socket: what it knows is then already old. And
// after a reconnection most of what comes stands here already.
function isNews(known, article) {
  if (known.isEqualNode(article)) return false;
  return known.dataset.generation !== article.dataset.generation || !isUnfinished(article);
}

function swap(known, article) {
  const focused = known.contains(document.activeElement) && document.activeElement.textContent;
  known.replaceWith(article);
  if (isUnfinished(known) || isUnfinished(article)) announce(article);
  if (isUnfinished(known) && !isBusy()) document.dispatchEvent(new CustomEvent("reply:ended"));
  if (!focused) return;
  const twin = [...article.querySelectorAll("button")].find((b) => b.textContent === focused);
  twin?.focus({ preventScroll: true });
}

// A screen reader hears that a reply is coming and then the whole reply, never tokens.
function announce(article) {
  if (article.dataset.role !== "assistant") return;
  const speaker = article.getAttribute("aria-label");
  const parts = article.querySelectorAll(".body, .message-problem span, .memory-chip");
  const words = Array.from(parts, (part) => part.innerText.trim()).join(" ");
  announcer.textContent = isUnfinished(article) ? `${speaker} is replying` : `${speaker}: ${words}`;
}

/** Takes a delta or render frame. False: there is a gap, follow again from `position`. */
export function take(frame) {
  const generation = String(frame.generation);
  if (!streams.has(generation)) streams.set(generation, new Stream());
  const complete = streams.get(generation).take(frame);
  if (complete) paint(generation);
  return complete;
}

function paint(generation) {
  const stream = streams.get(generation);
  const article = stream && articleOf(generation);
  if (!article) return;
  if (!isUnfinished(article)) {
    streams.delete(generation); // its final text is in the page
    return;
  }
  const before = painted.get(article) ?? { closed: null, count: 0, tail: null };
  const closed = article.querySelector(".closed");
  if (before.closed !== stream.closed) {
    before.count = 0;
    closed.replaceChildren();
  }
  closed.insertAdjacentHTML("beforeend", stream.closed.slice(before.count).join(""));
  if (before.tail !== stream.tail) article.querySelector(".tail").innerHTML = stream.tail.trimEnd();
  article.querySelector(".fresh").textContent = stream.raw;
  painted.set(article, { closed: stream.closed, count: stream.closed.length, tail: stream.tail });
  if (stream.known > 0) article.dataset.status = "streaming";
}

export function setStatus(generation, status) {
  const article = articleOf(String(generation));
  if (article && isUnfinished(article)) article.dataset.status = status;
}

// Stay at the end while the person is there, and only then.

let height = 0; // of the content, when the page last looked
const toEnd = () => scroller.scrollTo({ top: scroller.scrollHeight });

/** Goes to the newest message and stays there: after sending, and on "Latest". */
export function stayAtEnd() {
  atEnd = true;
  latest.hidden = true;
  toEnd();
}

scroller.addEventListener("scroll", () => {
  // While the content changes, a scroll event says nothing about the person.
  if (scroller.scrollHeight !== height) return;
  atEnd = height - scroller.scrollTop - scroller.clientHeight < 64;
  latest.hidden = atEnd;
  document.querySelector(".room-head").classList.toggle("is-scrolled", scroller.scrollTop > 8);
}, { passive: true });

const grown = new ResizeObserver(() => {
  height = scroller.scrollHeight;
  if (atEnd) toEnd();
});
grown.observe(transcript);
grown.observe(scroller);
latest.addEventListener("click", stayAtEnd);
