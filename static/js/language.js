// Another language without loading the conversation anew: the page is asked for once more,
// and only its words are taken over. A reply goes on, and what is typed, played or read stays.
import { say } from "./notice.js";
import { phrase } from "./phrase.js";
import { inPlace, readAt } from "./reading.js";
import { place, transcript } from "./transcript.js";

const LABELS = ["aria-label", "placeholder", "title", "alt", "data-dark", "data-light", "data-unsaved", "data-waiting"];
// What has a state of its own: messages, what is typed, what a socket or a click has brought.
const LIVES = "#transcript, #connection, #announcer, #notice, #undo, #memory-body, #turn-body, textarea, input, .thread-when, [data-live]";
const MOST_READS = 20; // of the transcript: each brings the newest messages and some others
const PATIENCE_MS = 10_000;

/** Keeps the choice that `form` makes, and shows the page in it. */
export async function switchLanguage(form, submitter) {
  const asked = new FormData(form, submitter);
  asked.set("stay", "yes");
  try {
    const kept = await fetch(form.action, { method: "POST", body: asked, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!kept.ok) throw new Error(kept.status);
    const fresh = new DOMParser().parseFromString(await read(location.pathname + location.search), "text/html");
    if (!fresh.getElementById("transcript")) throw new Error("another page");
    show(fresh);
  } catch {
    say(phrase("The server could not be reached."), { calm: true });
    return;
  }
  document.dispatchEvent(new CustomEvent("language:changed"));
  document.dispatchEvent(new CustomEvent("memory:changed")); // the open panel reads itself anew
  await showMessages();
}

async function read(address) {
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
}

function show(fresh) {
  document.documentElement.lang = fresh.documentElement.lang;
  document.title = fresh.title;
  const blocks = fresh.querySelectorAll("script.words");
  document.querySelectorAll("script.words").forEach((block, at) => { block.textContent = blocks[at]?.textContent ?? "{}"; });
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  inPlace(() => relabel(document.body, fresh.body));
}

const parts = (element) => [...element.childNodes].filter(
  (node) => node.nodeType === Node.ELEMENT_NODE || (node.nodeType === Node.TEXT_NODE && node.data.trim()),
);

/** Gives `old` the words of `fresh`, the same part of the page in another language. */
function relabel(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const name of LABELS) {
    if (fresh.hasAttribute(name) && old.hasAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
  }
  if (fresh.hasAttribute("aria-current")) old.setAttribute("aria-current", fresh.getAttribute("aria-current"));
  else old.removeAttribute("aria-current");
  if (old.localName === "template") old = old.content;
  else if (old.matches(LIVES)) return;
  const [olds, freshes] = [parts(old), parts(fresh.localName === "template" ? fresh.content : fresh)];
  const alike = olds.length === freshes.length && olds.every((node, at) => node.nodeName === freshes[at].nodeName && node.id === freshes[at].id);
  if (alike) return olds.forEach((node, at) => relabel(node, freshes[at]));
  if (old.nodeType !== Node.ELEMENT_NODE || old.querySelector(LIVES)) return; // nothing living is replaced
  old.replaceChildren(...fresh.childNodes);
  window.htmx.process(old);
}

// Each message by its server's words; a reply that is still coming keeps its article, and
// gets the new words with its end. Those far up are read by windows around them.
async function showMessages() {
  const left = new Set([...transcript.querySelectorAll("article.message")].map((article) => article.id));
  let at = readAt();
  for (let reads = 0; left.size && reads < MOST_READS; reads += 1) {
    let html;
    try {
      html = await read(`${transcript.dataset.url}?at=${at}`);
    } catch {
      return; // the next change of each message brings its words
    }
    const box = document.createElement("template");
    box.innerHTML = html;
    showThese(box.content.querySelectorAll("#transcript > *"), left);
    left.delete(`message-${at}`);
    at = [...left][0]?.replace("message-", "");
  }
}

function showThese(nodes, left) {
  let html = "";
  for (const node of nodes) {
    if (node.matches("article.message") && document.getElementById(node.id)) html += node.outerHTML;
    left.delete(node.id);
    if (!node.matches(".gap")) continue;
    const gap = transcript.querySelector(`.gap[data-before="${CSS.escape(node.dataset.before)}"]`);
    if (gap) relabel(gap, node);
  }
  transcript.querySelector(".horizon")?.remove(); // horizon.js draws it again, in these words
  place(html);
}
