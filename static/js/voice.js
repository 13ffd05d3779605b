// Reading aloud and dictation, where the browser has them: shows what starts them. What
// they need is loaded when they are first wanted.
import { transcript } from "./transcript.js";

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const words = document.getElementById("voice-words").content;
const aloud = () => import("./speech.js");
const choice = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage switched off: what the browser does by itself then
  }
};

/** Shows one of the sentences that the page brought along, above the composer. */
export function tell(kind) {
  const sentence = words.querySelector(`[data-say="${kind}"]`).cloneNode(true);
  document.getElementById("notice").replaceChildren(sentence);
  return sentence;
}

if ("speechSynthesis" in window) {
  document.documentElement.classList.add("can-speak");
  transcript.addEventListener("click", (event) => {
    const article = event.target.closest("[data-read]")?.closest("article");
    if (article) aloud().then((speech) => speech.toggle(article));
  });
  document.addEventListener("reply:ended", () => {
    const last = transcript.lastElementChild;
    if (choice("read-auto") !== "yes" || last.dataset.status !== "complete" || document.hidden) return;
    aloud().then((speech) => speech.read(last));
  });
}

if (Recognition) {
  const button = document.getElementById("dictate");
  button.hidden = false;
  button.addEventListener("click", () => import("./dictation.js").then((dictation) => dictation.toggle(Recognition)));
}
