// Speech into the message box, by the browser's own recogniser. What it hears is put where
// the caret is; it is never sent by itself. The first time, the page says where the sound
// may go before anything listens.
import { pageLanguage } from "./languages.js";
import { tell } from "./voice.js";

const KNOWN = new Set(["not-allowed", "no-speech", "network", "audio-capture", "language-not-supported"]);
const button = document.getElementById("dictate");
const composer = document.getElementById("composer");
const box = composer.elements.text;
const pill = document.getElementById("listening");
const heard = pill.querySelector("[data-heard]");
let listening = null;

const kept = (name, value) => {
  try {
    if (value) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null; // asked again each time
  }
};

function show(isOn) {
  button.setAttribute("aria-pressed", isOn);
  pill.hidden = !isOn;
  heard.textContent = "";
}

/** Begins to listen, or ends it; what was being said still arrives. */
export function toggle(Recognition) {
  if (listening) return listening.stop();
  if (kept("dictation") === "told") return listen(Recognition);
  const question = tell("asks");
  const start = question.querySelector("[data-start]");
  start.addEventListener("click", () => {
    kept("dictation", "told");
    question.remove();
    listen(Recognition);
  });
  start.focus();
}

function listen(Recognition) {
  const mine = new Recognition();
  mine.lang = kept("dictation-language") || whole(pageLanguage());
  mine.interimResults = true;
  // Phones repeat themselves when they listen on and on: one phrase at a time there.
  mine.continuous = !matchMedia("(pointer: coarse)").matches;
  mine.onresult = ({ resultIndex, results }) => {
    if (mine !== listening) return;
    const fresh = [...results].slice(resultIndex);
    heard.textContent = fresh.filter((each) => !each.isFinal).map(([best]) => best.transcript).join("");
    for (const each of fresh) if (each.isFinal) write(each[0].transcript.trim());
  };
  mine.onerror = ({ error }) => {
    if (mine === listening && error !== "aborted") tell(KNOWN.has(error) ? error : "unheard");
  };
  mine.onend = () => {
    if (mine !== listening) return;
    listening = null;
    show(false);
  };
  listening = mine;
  show(true);
  mine.start();
  box.focus();
}

// A region makes recognisers surer: the person's own, where the browser knows it.
const whole = (language) => navigator.languages.find((each) => each.startsWith(`${language}-`)) ?? language;

function write(words) {
  if (!words) return;
  const { selectionStart: from, selectionEnd: to, value } = box;
  const before = from && !/\s$/.test(value.slice(0, from)) ? " " : "";
  const after = to < value.length && !/^\s/.test(value.slice(to)) ? " " : "";
  box.setRangeText(before + words + after, from, to, "end");
  box.dispatchEvent(new Event("input", { bubbles: true })); // the draft keeps it
}

// What is sent is what stands in the box: words that come later belong to no message.
function drop() {
  const mine = listening;
  listening = null;
  show(false);
  mine?.abort();
}
composer.addEventListener("htmx:configRequest", drop);
window.addEventListener("pagehide", drop);
pill.querySelector("button").addEventListener("click", () => listening?.stop());
