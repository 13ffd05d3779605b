// A box to write in, the composer's and that of an edit: it grows with its text and says
// how much room is left; Enter sends.
import { actionOf, combo } from "./keys.js";
import { phrase } from "./phrase.js";

export const touch = matchMedia("(pointer: coarse)");
export const length = (text) => Array.from(text).length;

/** Grows `box` with its text; `left` tells the characters left of `most`, once they are few. */
export function fit(box, left, most) {
  if (!CSS.supports("field-sizing", "content")) {
    box.rows = Math.min(10, box.value.split("\n").length + Math.floor(box.value.length / 80));
  }
  const over = length(box.value) - most;
  left.hidden = over < -most / 10;
  left.textContent = over > 0 ? phrase("%(n)s too many", { n: over }) : phrase("%(n)s left", { n: -over });
}

/** Enter sends, or the keys that a person chose, and Ctrl or Cmd with Enter always; where
 * there is no Shift key to hold, Enter alone starts a new line. While an input method
 * composes (Korean, Japanese, Chinese), Enter belongs to it. */
export function sendsOn(event) {
  if (event.isComposing || event.keyCode === 229) return false;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return true;
  return actionOf(event) === "send" && !(touch.matches && combo(event) === "Enter");
}
