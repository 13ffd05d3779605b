// Keyboard shortcuts. Which keys do what comes with the page (data-keys on <body>, written
// by chatapp/accounts/shortcuts.py). What they do is to press what carries data-shortcut, or a
// button of the message that has the focus, else of the newest message that has it.
export const APPLE = /Mac|iP/.test(navigator.platform);
const NAMED = /^(Enter|Arrow\w+|Home|End|Page\w+|Insert|Delete|Backspace|F\d+)$/;
const IN_MESSAGE = {
  edit: '[data-verb="edit"]',
  regenerate: '[data-verb="regenerate"]',
  continue: '[data-verb="continue"]',
  previous: '[data-step="-1"]',
  next: '[data-step="1"]',
  why: '[data-action="turn"]',
  read: "[data-read]",
};

/** What was pressed, as the server writes it: "Mod+Shift+k"; "" for nothing that counts. */
export function combo(event) {
  let { key } = event;
  // Another alphabet, a dead key, Alt on a Mac: the key's place says which letter is meant.
  if (!/^[!-~]$/.test(key) && !NAMED.test(key)) key = key === " " ? "Space" : event.code?.match(/^(?:Key|Digit)(.)$/)?.[1];
  if (!key || (event.metaKey && !APPLE)) return "";
  const letter = /^[a-z]$/i.test(key);
  const typed = event.getModifierState("AltGraph"); // it makes a character, as Shift does
  return [
    (APPLE ? event.metaKey : event.ctrlKey && !typed) && "Mod+",
    APPLE && event.ctrlKey && "Ctrl+",
    event.altKey && !typed && "Alt+",
    event.shiftKey && (letter || key.length > 1) && "Shift+",
    letter ? key.toLowerCase() : key,
  ].filter(Boolean).join("");
}

/** What these keys are to do, "" for nothing. */
export function actionOf(event) {
  const keys = combo(event);
  if (!keys || event.isComposing || event.keyCode === 229) return "";
  const pairs = document.body.dataset.keys?.split(" ") ?? ["send=Enter"];
  return pairs.find((pair) => pair.slice(pair.indexOf("=") + 1) === keys)?.split("=")[0] ?? "";
}

function press(element) {
  if (!element || element.closest("[hidden]") || getComputedStyle(element).display === "none") return false;
  if (element.matches("textarea")) element.focus();
  else element.click();
  return true;
}

function walk(step) {
  const all = [...document.querySelectorAll("article.message")];
  const at = all.indexOf(document.activeElement.closest("article.message"));
  const next = all[at < 0 ? all.length - 1 : at + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
  return all.length > 0;
}

/** Does it; false when there is nothing here to do it with. */
export function act(action) {
  const selector = IN_MESSAGE[action];
  if (selector) {
    const here = document.activeElement.closest("article.message")?.querySelector(selector);
    return press(here ?? [...document.querySelectorAll(`.message ${selector}`)].at(-1));
  }
  if (action === "up" || action === "down") return walk(action === "up" ? -1 : 1);
  if (action === "help") import("./help.js").then((sheet) => sheet.toggle());
  else if (action === "larger" || action === "smaller") import("./text-size.js").then((text) => text.step(action));
  else return press(document.querySelector(`[data-shortcut="${action}"]`));
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) return;
  const action = actionOf(event);
  if (!action || action === "send" || action === "edit_empty") return; // the box's own
  const at = event.target;
  const held = /^(Mod|Ctrl|Alt)\+/.test(combo(event));
  if (!held && at.closest("input, textarea, select, [contenteditable]")) return;
  if (action !== "help" && document.querySelector("dialog[open]")) return;
  if (event.key.startsWith("Arrow") && at.closest("pre, table, math, summary")) return; // these scroll sideways
  if (event.repeat && action !== "up" && action !== "down") return;
  if (act(action)) event.preventDefault();
});
