// Writing and sending. The text leaves the box only when the server has taken it; each
// message carries a key, so a retry after a lost answer cannot become a second message.
import { fit, length, sendsOn, touch } from "./box.js";
import { Draft } from "./draft.js";
import { act, actionOf } from "./keys.js";
import { arrive } from "./live.js";
import { hush, hushCalm, say } from "./notice.js";
import { phrase } from "./phrase.js";
import { stayAtEnd } from "./reading.js";
import { isBusy, transcript, wasSent } from "./transcript.js";

const form = document.getElementById("composer");
const box = form.elements.text;
const send = form.querySelector(".button-send");
const left = document.getElementById("composer-left");
const most = Number(form.dataset.max);
const draft = new Draft(transcript.dataset.conversation, { ofTab: true });
let sending = false;

const fitBox = () => fit(box, left, most);
const keep = () => draft.keep(box.value);

/** Says why not, or true. The text stays in the box either way. */
function mayGo() {
  const name = document.querySelector(".room-who h1").textContent;
  if (sending) return false;
  if (isBusy()) say(phrase("%(name)s is still replying. Wait for the end, or stop the reply.", { name }), { calm: true });
  else if (!box.value.trim()) say(phrase("Write something first."), { calm: true });
  else if (length(box.value) > most) say(phrase("A message can have %(most)s characters. This one has %(n)s.", { most, n: length(box.value) }));
  else return true;
  box.focus();
  return false;
}

// What was typed while the message was on its way stays.
function taken() {
  const { tried } = draft;
  if (tried === null) return;
  if (box.value.startsWith(tried)) box.value = box.value.slice(tried.length).trimStart();
  draft.sent();
  keep();
  fitBox();
}

form.addEventListener("htmx:confirm", (event) => {
  if (event.target === form && !mayGo()) event.preventDefault();
});

form.addEventListener("htmx:configRequest", (event) => {
  if (event.target !== form) return;
  event.detail.formData.set("key", draft.keyFor(box.value));
  sending = send.disabled = true;
  hush();
  keep();
});

form.addEventListener("htmx:afterRequest", (event) => {
  if (event.target !== form) return;
  sending = send.disabled = false;
  if (!event.detail.successful) return;
  taken();
  arrive(event.detail.xhr.responseText);
  stayAtEnd();
  if (!touch.matches) box.focus();
});

// The socket, or another tab, may know sooner than the POST's answer that it has arrived;
// then an answer that never comes is no error.
document.addEventListener("transcript:changed", () => {
  if (draft.tried === null || !wasSent(draft.key)) return;
  taken();
  hush();
});
form.addEventListener("htmx:sendError", (event) => {
  if (event.target === form && draft.tried === null) event.stopPropagation();
});

document.addEventListener("reply:ended", () => hushCalm());
box.addEventListener("input", () => {
  hushCalm();
  fitBox();
  keep();
});

box.addEventListener("keydown", (event) => {
  if (sendsOn(event)) form.requestSubmit();
  else if (box.value || actionOf(event) !== "edit_empty" || !act("edit")) return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const action = event.target.closest("[data-action]");
  if (action?.dataset.action !== "starter") return;
  box.value = action.textContent.trim();
  fitBox();
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

draft.load().then((text) => {
  if (wasSent(draft.key)) { // the page went away before it heard so
    draft.sent();
    draft.drop();
  } else if (text && !box.value) {
    box.value = text;
    fitBox();
  }
});
if (touch.matches) box.setAttribute("enterkeyhint", "enter");
fitBox();
if (!touch.matches) box.focus();
