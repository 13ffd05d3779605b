// The two sides of the reading room and the turn record: columns on a wide page, sheets on a
// narrow one. Escape closes what is on top, and focus goes back to where it came from.
import { phrase } from "./phrase.js";

const shelf = document.getElementById("shelf");
const memory = document.getElementById("memory");
const memoryButton = document.getElementById("memory-button");
const turn = document.getElementById("turn");
const menuButton = document.querySelector('[data-action="shelf"][aria-expanded]');
const narrow = matchMedia("(max-width: 64rem)");

function showShelf(open) {
  shelf.classList.toggle("is-open", open);
  menuButton.setAttribute("aria-expanded", open);
  (open ? shelf.querySelector("button") : menuButton).focus();
}

function showMemory(open) {
  memory.hidden = !open;
  memoryButton.setAttribute("aria-expanded", open);
  if (open) window.htmx.trigger(memoryButton, "refresh");
  if (open && narrow.matches) memory.focus();
  else if (!open) memoryButton.focus();
}

const actions = {
  shelf: () => showShelf(!shelf.classList.contains("is-open")),
  memory: () => showMemory(memory.hidden),
  "close-sheets": closeTop,
  turn: () => {
    document.getElementById("turn-body").replaceChildren();
    turn.showModal();
  },
};

function closeTop() {
  if (shelf.classList.contains("is-open")) showShelf(false);
  else if (!memory.hidden) showMemory(false);
}

document.addEventListener("click", (event) => {
  actions[event.target.closest("[data-action]")?.dataset.action]?.();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !turn.open) closeTop();
});

turn.addEventListener("click", (event) => {
  if (event.target === turn) turn.close(); // the backdrop
});

// An error is shown in #notice, which the open dialog would cover.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    if (event.target.dataset.action === "turn") turn.close();
  });
}

const body = document.getElementById("memory-body");

// Whoever reads, types or corrects there keeps what they see: asked for when they are done.
function isInUse() {
  return body.contains(document.activeElement) || body.querySelector("details[open], [data-undo]") !== null;
}

let isStale = false;
let isForced = false;

// What is looked for in the panel stays when it is asked for again.
document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
  const find = elt === memoryButton && body.querySelector(".panel-find");
  if (!find) return;
  parameters.q = find.elements.q.value;
  parameters.scope = find.elements.scope.value;
});

// An answer that was on its way when somebody began to type comes too late. One to a search is
// for who looks for something: it waits only for words that are being written below it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt } = event.detail.requestConfig;
  if (elt !== memoryButton && !elt.matches(".panel-find")) return;
  const late = elt === memoryButton
    ? !isForced && body.querySelector(".panel") && isInUse()
    : event.detail.target.contains(document.activeElement?.closest("textarea"));
  if (late) {
    event.detail.shouldSwap = false;
    isStale = true;
  }
  if (elt === memoryButton) isForced = false;
});

function refresh() {
  isStale = isInUse();
  if (!isStale) window.htmx.trigger(memoryButton, "refresh");
}

document.addEventListener("memory:changed", () => {
  if (!memory.hidden) refresh();
});

// Whether anything is learnt here was decided in another tab: the line says it, and the panel.
document.addEventListener("record:changed", (event) => {
  const line = document.getElementById("off-record");
  const said = document.createElement("template");
  said.innerHTML = event.detail;
  const now = said.content.getElementById("off-record");
  if (now.isEqualNode(line)) return;
  line.replaceChildren(...now.childNodes); // the line itself stays: a screen reader listens to it
  window.htmx.process(line);
  if (!memory.hidden) refresh();
});

// What was done in the panel itself shows there at once.
document.addEventListener("memory:refresh", () => {
  if (memory.hidden) return;
  isForced = true;
  isStale = false;
  if (isInUse()) memory.focus({ preventScroll: true });
  window.htmx.trigger(memoryButton, "refresh");
});

body.addEventListener("focusout", (event) => {
  if (isStale && !body.contains(event.relatedTarget)) setTimeout(refresh, 300);
});

// An Undo that is over and a row that was closed keep nobody any more.
function catchUp() {
  if (isStale) refresh();
}

body.addEventListener("htmx:afterSettle", catchUp);
body.addEventListener("toggle", catchUp, true); // it does not bubble

// An error is said where the memories would be; what stands there already stays.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    if (event.target !== memoryButton || body.querySelector(".panel")) return;
    const sentence = document.createElement("p");
    sentence.className = "memory-lead";
    sentence.setAttribute("role", "alert");
    sentence.textContent = phrase("The memories could not be loaded. Close this and open it again.");
    body.replaceChildren(sentence);
  });
}

// The panel says how many there are: the button shows it.
document.addEventListener("memory:count", (event) => {
  memoryButton.dataset.count = event.detail.count;
});

// A memory's source stands in this very conversation: go there, past the sheet.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[data-action="jump"]');
  const message = link && document.getElementById(link.hash.slice(1));
  if (!message) return;
  event.preventDefault();
  if (narrow.matches) showMemory(false);
  message.scrollIntoView({ block: "center" });
  message.focus({ preventScroll: true });
});
