// The transcript in the page: articles come in from the page itself, from the POST's answer
// and from the socket, in any order and more than once; each message stands here once.
import { patch } from "./patch.js";
import { phrase } from "./phrase.js";
import { inPlace } from "./reading.js";
import { Stream } from "./stream.js";

export const transcript = document.getElementById("transcript");
const announcer = document.getElementById("announcer");
const room = transcript.closest(".room");
const streams = new Map(); // generation -> Stream; frames may come before their article
const painted = new WeakMap(); // article -> what of its stream is in the page already
const cameAt = new WeakMap(); // article -> when, as performance.now() counts

const UNFINISHED = '[data-status="pending"], [data-status="streaming"]';
// What the page itself has put into an article, and the server knows nothing of.
const GUESTS = ".message-main > :is(.edit, .message-notice, .atom-place, .horizon)";
const isGuest = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches(GUESTS);
const isUnfinished = (article) => article.matches(UNFINISHED);
const articleOf = (generation) =>
  transcript.querySelector(`article[data-generation="${CSS.escape(generation)}"]`);
const nameOf = (button) => button.getAttribute("aria-label") ?? button.textContent.trim();

/** Articles whose reply is still to come, or still coming. */
export const unfinished = () => [...transcript.querySelectorAll(UNFINISHED)];
export const isBusy = () => transcript.querySelector(UNFINISHED) !== null;
export const wasSent = (key) => transcript.querySelector(`[data-key="${CSS.escape(key)}"]`) !== null;
export const lastId = () =>
  transcript.lastElementChild?.id.replace("message-", "") ?? "";

/** Where the page stands with a generation, and whether any frame of it came yet. */
export function position(generation) {
  const stream = streams.get(generation);
  return { heard: stream !== undefined, ...(stream ?? new Stream()).position };
}

const parsed = (html) => {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content;
};

/** Puts articles where they belong: known ones are replaced, new ones keep their order.
 * Null when one `keeps` a body that is not here. */
export function place(html, { replaces = "", keeps = false } = {}) {
  const old = replaces && document.getElementById(`message-${replaces}`);
  const content = parsed(html);
  if (keeps && !lendBody(content.querySelector("article.message"))) return null;
  return changed(() => putIn(content, { old }));
}

// An article that comes without its body gets the one that stands here: the server sends
// it so only when that is the same. False: there is none after all.
function lendBody(article) {
  const { generation } = article.dataset;
  const known = document.getElementById(article.id);
  const stream = streams.get(generation);
  const closed = article.querySelector(".closed");
  if (known?.dataset.generation === generation && !isUnfinished(known)) {
    closed.append(...known.querySelector(".closed").cloneNode(true).childNodes);
  } else if (stream && !stream.tail && !stream.fresh.length) {
    closed.innerHTML = stream.closed.join("");
  } else {
    return false;
  }
  return true;
}

/** Shows the path of this fragment; what is the same stays as it stands, and so does what
 * came after `since`, which the fragment cannot know. Null for no fragment. */
export function placePath(html, { since, pivot }) {
  const path = parsed(html).querySelector("#transcript");
  if (!path) return null;
  const { pathVersion } = path.dataset;
  if (Number(pathVersion) < Number(transcript.dataset.pathVersion)) return []; // overtaken
  transcript.dataset.pathVersion = pathVersion;
  return changed(() => {
    // Messages are a tree: what stands above one of them here stands above it there, also
    // what was loaded when the person scrolled up. The last stretch that begins here counts.
    const begins = [...path.querySelectorAll("article.message:first-child, .gap + article.message")];
    const begin = begins.reverse().find((article) => document.getElementById(article.id));
    while (begin?.previousSibling) begin.previousSibling.remove();
    const known = begin && document.getElementById(begin.id);
    const late = [];
    for (const child of [...transcript.children]) {
      if (known && child.compareDocumentPosition(known) & Node.DOCUMENT_POSITION_FOLLOWING) continue;
      if (child.id && path.querySelector(`#${CSS.escape(child.id)}`)) continue;
      if (child.id && cameAt.get(child) > since) late.push(child);
      else child.remove();
    }
    return putIn(path, { next: late[0] });
  }, pivot);
}

/** Puts what was said long ago beside its gap, on the side that it is read from; `left` is
 * what there is of the gap then, if anything. What is read stays where it stands. */
export function fillGap(gap, articles, { down, left }) {
  const placed = articles.filter((article) => !document.getElementById(article.id));
  for (const article of placed) cameAt.set(article, 0);
  return changed(() => {
    if (down) gap.before(...placed);
    else gap.after(...placed);
    if (left !== gap) gap.replaceWith(...(left ? [left] : []));
    return placed;
  });
}

/** Takes `nodes` from the page again, with `gap` in their place; false if one is in use. */
export function leave(nodes, gap) {
  const chosen = getSelection();
  const inUse = (node) => node.matches(UNFINISHED) || node.contains(document.activeElement)
    || node.querySelector(".edit, .atom-place") || (!chosen.isCollapsed && chosen.containsNode(node, true));
  if (nodes.some(inUse)) return false;
  changed(() => {
    nodes[0].before(gap);
    for (const node of nodes) node.remove();
    return [];
  });
  return true;
}

function putIn(content, { old = null, next = null }) {
  const placed = [];
  for (const article of [...content.querySelectorAll("article.message, .gap")].reverse()) {
    if (article.matches(".gap")) {
      transcript.insertBefore(article, next);
      next = article;
      continue;
    }
    const known = document.getElementById(article.id);
    if (known) {
      if (isNews(known, article)) {
        renew(known, article);
        placed.push(known);
      }
    } else if (old?.isConnected) {
      old.replaceWith(article);
      if (isUnfinished(old) || isUnfinished(article)) announce(article);
      placed.push(article);
    } else {
      transcript.insertBefore(article, next);
      announce(article);
      placed.push(article);
    }
    next = known?.isConnected ? known : article;
  }
  return placed.reverse();
}

function changed(change, pivot) {
  const busy = isBusy();
  const focus = heldFocus();
  const placed = inPlace(change, pivot);
  for (const article of placed) {
    if (!cameAt.has(article)) cameAt.set(article, performance.now());
    window.htmx.process(article);
    paint(article.dataset.generation);
  }
  focus();
  const isStill = tellBusy();
  if (busy && !isStill) document.dispatchEvent(new CustomEvent("reply:ended"));
  document.dispatchEvent(new CustomEvent("transcript:changed"));
  return placed;
}

// Whether there is something to stop, for the composer's buttons.
function tellBusy() {
  const busy = isBusy();
  room.classList.toggle("is-replying", busy);
  return busy;
}

// Focus that is swapped away goes to the button of the same name, else to the message that
// now stands there. What is being written keeps its caret: its box is never rebuilt.
function heldFocus() {
  const focused = document.activeElement;
  const article = focused?.closest("article.message");
  if (!article) return () => {};
  const at = [...transcript.children].indexOf(article);
  const { selectionStart, selectionEnd } = focused;
  return () => {
    if (document.activeElement === focused) return;
    if (focused.isConnected) {
      focused.focus({ preventScroll: true });
      focused.setSelectionRange?.(selectionStart, selectionEnd);
      return;
    }
    const now = document.getElementById(article.id) ?? transcript.children[at] ?? transcript.lastElementChild;
    const twin = [...(now?.querySelectorAll("button") ?? [])].find((b) => nameOf(b) === nameOf(focused));
    (twin ?? now)?.focus({ preventScroll: true });
  };
}

// The POST's answer may be slower than the socket: what it knows is then already old. And
// after a reconnection most of what comes stands here already.
function isNews(known, article) {
  const bare = known.cloneNode(true);
  bare.removeAttribute("aria-busy");
  for (const guest of bare.querySelectorAll(GUESTS)) guest.remove();
  for (const opener of bare.querySelectorAll('[aria-expanded="true"]')) opener.ariaExpanded = "false";
  for (const busy of bare.querySelectorAll("[class~=htmx-request]")) busy.classList.remove("htmx-request");
  if (bare.isEqualNode(article)) return false;
  return known.dataset.generation !== article.dataset.generation || !isUnfinished(article);
}

// What stands here already stays, with what somebody presses in it or has opened.
function renew(known, article) {
  if (!cameAt.has(known)) cameAt.set(known, 0); // it changed, it did not come now
  const ends = isUnfinished(known) || isUnfinished(article);
  painted.delete(known);
  patch(known, article, isGuest);
  if (ends) announce(known);
}

/** A screen reader hears which version is shown now, and what it says. */
export function announceVersion(pager) {
  const [number, of] = pager?.textContent.trim().split("/") ?? [];
  const words = pager?.closest(".message").querySelector(".body").innerText.trim();
  if (pager) announcer.textContent = phrase("Version %(number)s of %(of)s: %(words)s", { number: number.trim(), of: of.trim(), words });
}

// A screen reader hears that a reply is coming and then the whole reply, never tokens.
function announce(article) {
  if (article.dataset.role !== "assistant") return;
  const speaker = article.getAttribute("aria-label");
  const parts = article.querySelectorAll(".body, .message-problem span, .memory-chip");
  const words = Array.from(parts, (part) => part.innerText.trim()).join(" ");
  announcer.textContent = isUnfinished(article) ? phrase("%(speaker)s is replying", { speaker }) : `${speaker}: ${words}`;
}

/** Takes a delta or render frame. False: there is a gap, follow again from `position`. */
export function take(frame) {
  const generation = String(frame.generation);
  const article = articleOf(generation);
  if (article && !isUnfinished(article)) return true; // late: all of it stands here
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

tellBusy();
