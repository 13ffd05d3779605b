// Reads a message aloud with the browser's own voices, sentence by sentence: long
// utterances end early in some browsers, and a sentence can be shown as it is spoken.
//
// A voice that is not `localService` is spoken by a server of the browser's maker, which
// then gets the text: such a one is only used when the person has chosen it.
import { languageOf } from "./languages.js";
import { tell } from "./voice.js";

const synthesis = window.speechSynthesis;
const pill = document.getElementById("reading-aloud");
const LONGEST = /[^]{1,200}(?=[\s、，,;；]|$)|[^]{1,200}/g;
const BLOCK = "p, li, h1, h2, h3, h4, th, td, blockquote, .body";
let now = null; // { id, parts, at, voice, language }

function setting(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function stop() {
  now = null;
  pill.hidden = true;
  window.CSS?.highlights?.delete("spoken");
  if (synthesis.speaking || synthesis.pending) synthesis.cancel();
}

/** Reads this message, or stops if it is the one that is read. */
export function toggle(article) {
  if (now?.id === article.id) stop();
  else read(article);
}

export async function read(article) {
  stop();
  const body = article.querySelector(".body");
  const language = languageOf(body.textContent);
  const run = { id: article.id, parts: partsOf(body, language), at: 0, language };
  if (!run.parts.length) return;
  now = run;
  pill.hidden = false;
  const { voice, problem } = voiceFor(await voices(), language);
  if (run !== now) return;
  if (problem) {
    stop();
    tell(problem);
    return;
  }
  run.voice = voice;
  next(run);
}

function next(run) {
  const part = run.parts[run.at];
  if (run !== now) return;
  if (!part || !document.getElementById(run.id)) return stop();
  const utterance = new SpeechSynthesisUtterance(part.text);
  utterance.lang = run.voice?.lang ?? run.language;
  if (run.voice) utterance.voice = run.voice;
  utterance.rate = Number(setting("read-rate")) || 1;
  utterance.onstart = () => {
    if (run === now && window.Highlight) CSS.highlights.set("spoken", new Highlight(part.range));
  };
  utterance.onend = () => {
    run.at += 1;
    next(run);
  };
  utterance.onerror = () => {
    if (run !== now) return; // we stopped it
    stop();
    tell("unread");
  };
  run.utterance = utterance; // some browsers forget one that nobody holds, and its end with it
  synthesis.speak(utterance);
}

/** The browser's voices; some know them only a moment after they are first asked. */
async function voices() {
  if (!synthesis.getVoices().length) {
    await new Promise((done) => {
      synthesis.addEventListener?.("voiceschanged", done, { once: true });
      setTimeout(done, 1_000);
    });
  }
  return synthesis.getVoices();
}

function voiceFor(all, language) {
  if (!all.length) return {}; // it may speak without naming its voices
  const fitting = all.filter((voice) => voice.lang.split(/[-_]/)[0].toLowerCase() === language);
  let chosen = {};
  try {
    chosen = JSON.parse(setting("voices") ?? "{}");
  } catch {
    // not ours: as if nothing had been chosen
  }
  const voice = fitting.find((each) => each.voiceURI === chosen[language]) ??
    fitting.find((each) => each.localService && each.default) ?? fitting.find((each) => each.localService);
  if (voice) return { voice };
  return { problem: fitting.length ? "only-remote" : "no-voice" };
}

// Code is left out, and so are the numbers of memories: they are buttons.
function partsOf(body, language) {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("pre, button, annotation") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const blocks = new Map(); // element -> its text nodes
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const block = node.parentElement.closest(BLOCK);
    if (!blocks.has(block)) blocks.set(block, []);
    blocks.get(block).push(node);
  }
  return [...blocks.values()].flatMap((nodes) => sentences(nodes, language));
}

function sentences(nodes, language) {
  const text = nodes.map((node) => node.data).join("");
  const whole = window.Intl?.Segmenter
    ? Array.from(new Intl.Segmenter(language, { granularity: "sentence" }).segment(text), ({ segment }) => segment)
    : [text];
  let at = 0;
  return whole.flatMap((sentence) => sentence.match(LONGEST) ?? []).flatMap((words) => {
    const range = document.createRange();
    range.setStart(...place(nodes, at));
    range.setEnd(...place(nodes, at += words.length));
    return /[\p{L}\p{N}]/u.test(words) ? [{ text: words.trim(), range }] : [];
  });
}

function place(nodes, at) {
  for (const node of nodes) {
    if (at <= node.length) return [node, at];
    at -= node.length;
  }
  return [nodes.at(-1), nodes.at(-1).length];
}

pill.addEventListener("click", stop);
document.getElementById("composer").addEventListener("htmx:configRequest", stop);
window.addEventListener("pagehide", stop);
