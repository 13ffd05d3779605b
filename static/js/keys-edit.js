// Changing a shortcut: its button waits for the keys, the server takes or refuses them.
import { combo } from "./keys.js";
import { leaveOut, nameKeys } from "./keys-named.js";

let waiting = null; // the button that waits, with what stood in it

function end() {
  if (!waiting) return;
  waiting.button.replaceChildren(...waiting.before);
  waiting.button.classList.remove("is-waiting");
  waiting = null;
}

function begin(button) {
  end();
  waiting = { button, before: [...button.childNodes] };
  button.textContent = button.dataset.waiting;
  button.classList.add("is-waiting");
  button.closest("li").querySelector(".message-notice")?.replaceChildren();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-rebind]");
  if (button && waiting?.button !== button) begin(button);
  else end();
});

// Before anything else hears of it: the keys do nothing but become the new ones.
document.addEventListener("keydown", (event) => {
  if (!waiting) return;
  if (event.key === "Tab") return end();
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.key === "Escape") return end();
  const keys = combo(event);
  if (!keys) return; // a modifier alone: more is to come
  const { button } = waiting;
  end();
  window.htmx.ajax("POST", button.dataset.rebind, { source: button, target: button.closest("li"), swap: "outerHTML", values: { keys } });
}, true);

// A row that came anew: its keys hold on this page, too, and the focus is where it was.
document.addEventListener("keys:changed", (event) => {
  document.body.dataset.keys = event.detail.keys;
});
document.addEventListener("htmx:afterSwap", (event) => {
  const row = event.detail.elt.closest?.(".key-row") ?? event.detail.target;
  const now = row?.id && document.getElementById(row.id);
  for (const each of document.querySelectorAll(".key-rows")) nameKeys(each);
  now?.querySelector(".key-now")?.focus();
});
document.addEventListener("htmx:afterRequest", (event) => {
  nameKeys(document.getElementById("keys")); // the sentence that refuses names keys, too
  if (!event.detail.successful) event.detail.elt.closest(".key-row")?.querySelector(".key-now")?.focus();
});

leaveOut(document.getElementById("keys"));
nameKeys(document.getElementById("keys"));
