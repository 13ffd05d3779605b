// What can be done with a message that stands here. One listener for all of them: the
// buttons carry a verb and no htmx attributes, since two hundred messages with six buttons
// each would be 1,200 elements for htmx to look at, and their addresses 100 kB of page.
import { freshKey } from "./draft.js";
import { closeEdit, openEdit, typed } from "./editing.js";
import { arrive } from "./live.js";
import { hush, hushCalm, say } from "./notice.js";
import { showPath } from "./path.js";
import { phrase } from "./phrase.js";
import { stayAtEnd } from "./reading.js";
import { announceVersion, isBusy, transcript } from "./transcript.js";
import { touch } from "./box.js";
import { focusUndo } from "./undo.js";

const composer = document.getElementById("composer");
const idOf = (article) => article.id.replace("message-", "");
const asked = new WeakMap(); // what is on its way: button or form -> { verb, article, values, since }

const begins = new Set(["edit", "regenerate", "continue", "select"]);

// A reply more for each press, and not for each try: what makes a second try the same one
// is kept until the server has answered, or the page shows what came of it.
const unanswered = new Map(); // name of a try -> { id of its article, values }
const tried = new WeakMap(); // button -> that name
const once = {
  regenerate: () => ({ key: freshKey() }),
  continue: ({ dataset }) => ({ generation: dataset.generation }),
};

function valuesOf(source, verb, article) {
  const name = `${verb} ${article.id}`;
  tried.set(source, name);
  if (!unanswered.has(name)) unanswered.set(name, { id: article.id, values: once[verb](article) });
  return unanswered.get(name).values;
}

/** Asks for `verb` on the message of `source`; one at a time for each message. */
function ask(source, verb, values = {}) {
  const article = source.closest("article.message");
  if (article.ariaBusy === "true") return;
  if (begins.has(verb) && isBusy()) {
    const name = document.querySelector(".room-who h1").textContent;
    say(phrase("%(name)s is still replying. Wait for the end, or stop the reply.", { name }), { calm: true, at: article });
    return;
  }
  hush(article);
  article.ariaBusy = "true";
  if (verb in once) values = valuesOf(source, verb, article);
  asked.set(source, { verb, article, values, since: performance.now() });
  const url = `${transcript.dataset.messages}${idOf(article)}/${verb}/`;
  // What goes wrong is told by its event: see notice.js.
  window.htmx.ajax("POST", url, { source, swap: "none", values }).catch(() => {});
}

function page(article, step) {
  const pager = article.querySelector(".pager");
  const siblings = pager?.dataset.siblings.split(" ") ?? [];
  const sibling = siblings[siblings.indexOf(idOf(article)) + step];
  if (!sibling) return;
  ask(pager.querySelector(`[data-step="${step}"]`), "select", { sibling });
}

const shows = {
  edit({ article, html }) {
    const cut = [...transcript.children].indexOf(article);
    closeEdit(article);
    // The path frame may have been quicker: then the new wording stands there already.
    if (cut >= 0) for (const gone of [...transcript.children].slice(cut)) gone.remove();
    arrive(html);
    stayAtEnd();
    if (!touch.matches) composer.elements.text.focus();
  },
  regenerate({ html, since }) {
    showPath(html, { since });
    stayAtEnd();
  },
  continue({ html }) {
    arrive(html);
  },
  select({ article, html, since, values }) {
    const shown = (id) => document.getElementById(`message-${id}`)?.querySelector(".pager");
    const pager = () => shown(values.sibling) ?? shown(idOf(article));
    showPath(html, { since, pivot: pager });
    announceVersion(pager());
  },
  delete({ html, since }) {
    showPath(html, { since });
    focusUndo(() => transcript.lastElementChild);
  },
};

document.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, successful, xhr } = event.detail;
  const source = requestConfig.elt;
  if (source.dataset.verb === "undo") return undone(source, successful, xhr);
  const call = asked.get(source);
  if (!call) return;
  asked.delete(source);
  if (xhr.status && xhr.status < 500) unanswered.delete(tried.get(source));
  if (call.verb === "branch" && successful) return; // the page is on its way there
  call.article.ariaBusy = null;
  const article = source.closest("article.message") ?? call.article; // swapped meanwhile
  if (successful) shows[call.verb]?.({ ...call, article, html: xhr.responseText });
});

function undone(button, successful, xhr) {
  const notice = button.closest("[data-message]");
  if (successful) {
    hush();
    showPath(xhr.responseText);
    const back = document.getElementById(`message-${notice.dataset.message}`);
    if (!back) return say(phrase("It is back, but not shown yet: another version is, or the message above it is deleted, too."), { calm: true });
    back.scrollIntoView({ block: "nearest" });
    back.focus({ preventScroll: true });
  } else if (xhr.status === 410 || xhr.status === 404) notice.remove();
}

transcript.addEventListener("click", (event) => {
  const button = event.target.closest("[data-verb]");
  if (!button) return;
  const article = button.closest("article.message");
  switch (button.dataset.verb) {
    case "edit":
      return openEdit(article);
    case "cancel":
      return closeEdit(article);
    case "select":
      return page(article, Number(button.dataset.step));
    default:
      return ask(button, button.dataset.verb);
  }
});

transcript.addEventListener("submit", (event) => {
  event.preventDefault();
  const values = typed(event.target);
  if (values) ask(event.target, "edit", values);
});

// The socket may know sooner than an answer that never comes: then that is no error.
document.addEventListener("transcript:changed", () => {
  for (const [name, { id, values }] of unanswered) {
    const article = document.getElementById(id);
    if (article && (values.generation ?? article.dataset.generation) === article.dataset.generation) continue;
    unanswered.delete(name);
    if (article) hush(article);
  }
});
document.addEventListener("htmx:sendError", (event) => {
  const name = tried.get(event.detail.requestConfig.elt);
  if (name && !unanswered.has(name)) event.stopImmediatePropagation();
}, { capture: true });
document.addEventListener("reply:ended", () => hushCalm());
