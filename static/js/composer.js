// Writing and sending. The text leaves the box only when the server has taken it; each
// message carries a key, so a retry after a lost answer cannot become a second message.
import { arrive } from "./live.js";
import { hush, hushCalm, say } from "./notice.js";
import { isBusy, stayAtEnd, transcript } from "./transcript.js";

const form = document.getElementById("composer");
const box = form.elements.text;
const key = form.elements.key;
const send = form.querySelector(".button-send");
const left = document.getElementById("composer-left");
const most = Number(form.dataset.max);
const drawer = `draft:${transcript.dataset.conversation}`;
const touch = matchMedia("(pointer: coarse)");
let tried = null; // the text that `key` was last sent with
let failed = send; // the button that "Send again" presses
let sending = false;

const length = (text) => Array.from(text).length;

// randomUUID exists only on https and localhost; a demo may run on a plain address.
function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// The draft outlives the page, with its key: after a reload the same text is the same message.
function keep() {
  try {
    if (box.value) localStorage.setItem(drawer, JSON.stringify({ text: box.value, key: key.value, tried }));
    else localStorage.removeItem(drawer);
  } catch {
    // storage is full or switched off: the draft then lives as long as the page
  }
}

function restore() {
  try {
    const draft = JSON.parse(localStorage.getItem(drawer));
    if (!draft || box.value) return;
    box.value = draft.text;
    key.value = draft.key;
    tried = draft.tried;
  } catch {
    // no draft that we can read
  }
}

function fit() {
  if (!CSS.supports("field-sizing", "content")) {
    box.rows = Math.min(10, box.value.split("\n").length + Math.floor(box.value.length / 80));
  }
  const over = length(box.value) - most;
  left.hidden = over < -most / 10;
  left.textContent = over > 0 ? `${over} too many` : `${-over} left`;
}

/** Says why not, or true. The text stays in the box either way. */
function mayGo() {
  const name = document.querySelector(".room-who h1").textContent;
  if (sending) return false;
  if (isBusy()) say(`${name} is still replying. Wait for the end, or stop the reply.`, { calm: true });
  else if (!box.value.trim()) say("Write something first.", { calm: true });
  else if (length(box.value) > most) say(`A message can have ${most} characters. This one has ${length(box.value)}.`);
  else return true;
  box.focus();
  return false;
}

form.addEventListener("htmx:confirm", (event) => {
  if (event.target === form && !mayGo()) event.preventDefault();
});

form.addEventListener("htmx:configRequest", (event) => {
  if (event.target !== form) return;
  if (tried !== null && tried !== box.value) key.value = freshKey(); // edited: another message
  tried = box.value;
  event.detail.formData.set("key", key.value);
  sending = send.disabled = true;
  hush();
  keep();
});

form.addEventListener("htmx:afterRequest", (event) => {
  if (event.target !== form) return;
  sending = send.disabled = false;
  failed = send;
  if (!event.detail.successful) return;
  // What was typed while the message was on its way stays.
  box.value = box.value.startsWith(tried) ? box.value.slice(tried.length).trimStart() : box.value;
  key.value = freshKey();
  tried = null;
  keep();
  fit();
  arrive(event.detail.xhr.responseText);
  stayAtEnd();
  if (!touch.matches) box.focus();
});

const regenerate = document.getElementById("regenerate");
regenerate.addEventListener("htmx:confirm", (event) => {
  if (isBusy()) event.preventDefault();
});
regenerate.addEventListener("htmx:afterRequest", (event) => {
  const { successful, xhr, requestConfig } = event.detail;
  failed = successful ? send : requestConfig.triggeringEvent.submitter;
  if (!successful) return;
  hush();
  arrive(xhr.responseText, { replaces: requestConfig.formData.get("message") });
});

document.addEventListener("reply:ended", hushCalm);
box.addEventListener("input", () => {
  hushCalm();
  fit();
  keep();
});

// Enter sends; where there is no Shift key to hold, it starts a new line. While an input
// method composes (Korean, Japanese, Chinese), Enter belongs to it.
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  if (touch.matches) return;
  event.preventDefault();
  form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const action = event.target.closest("[data-action]");
  if (action?.dataset.action === "send-again") failed.click();
  if (action?.dataset.action !== "starter") return;
  box.value = action.textContent.trim();
  fit();
  keep();
  box.focus();
});

form.querySelector(".button-stop").addEventListener("click", () => {
  if (!touch.matches) box.focus();
});

// iOS lays its keyboard over the page without telling CSS; leave out what it covers.
visualViewport?.addEventListener("resize", () => {
  const covered = window.innerHeight - visualViewport.height;
  const { style } = document.documentElement;
  if (visualViewport.scale === 1 && covered > 80) {
    style.setProperty("--visible-height", `${visualViewport.height}px`);
    window.scrollTo(0, 0);
  } else {
    style.removeProperty("--visible-height");
  }
});

if (touch.matches) box.setAttribute("enterkeyhint", "enter");
restore();
fit();
if (!touch.matches) box.focus();
