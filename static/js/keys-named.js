// Keys in the words of a Mac, where the server wrote those of other keyboards.
import { APPLE } from "./keys.js";

const SIGNS = { Mod: "⌘", Ctrl: "⌃", Alt: "⌥", Shift: "⇧", Enter: "⏎", Backspace: "⌫", Delete: "⌦" };

export function nameKeys(root) {
  if (!APPLE) return;
  for (const shown of root.querySelectorAll("kbd[data-combo]")) {
    const [, held, key] = shown.dataset.combo.match(/^((?:\w+\+)*)(.+)$/);
    const signs = held.split("+").map((part) => SIGNS[part] ?? "").join("");
    if (held || SIGNS[key]) shown.textContent = signs + (SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : shown.textContent.split("+").at(-1)));
  }
}

/** Takes out what this browser does not have. */
export function leaveOut(root) {
  const has = {
    speech: "speechSynthesis" in window,
    dictation: "SpeechRecognition" in window || "webkitSpeechRecognition" in window,
  };
  for (const row of root.querySelectorAll("[data-needs]")) if (!has[row.dataset.needs]) row.remove();
}
