// Changing what one said, where it stands. The words typed here are kept like the
// composer's: a reload, a crash or another tab's change of the path does not lose them.
import { fit, length, sendsOn } from "./box.js";
import { Draft, dropSent } from "./draft.js";
import { say } from "./notice.js";
import { phrase } from "./phrase.js";
import { stayHere } from "./reading.js";
import { transcript, wasSent } from "./transcript.js";

const template = document.getElementById("edit-form");
const most = Number(document.getElementById("composer").dataset.max);
const draftsOf = new WeakMap(); // form -> its Draft
const looked = new WeakSet(); // articles whose draft was looked for
const formOf = (article) => article.querySelector(".edit");
const nameOf = (article) => `${transcript.dataset.conversation} ${article.id}`;

/** Opens the box with what was said, or with `text`. */
export function openEdit(article, { text, draft = new Draft(nameOf(article)), focus = true } = {}) {
  if (!formOf(article)) {
    const form = template.content.cloneNode(true).firstElementChild;
    const box = form.elements.text;
    box.value = text ?? article.querySelector(".body").textContent;
    draftsOf.set(form, draft);
    const fitBox = () => fit(box, form.querySelector(".edit-left"), most);
    box.addEventListener("input", () => {
      fitBox();
      draft.keep(box.value);
    });
    box.addEventListener("keydown", (event) => {
      if (sendsOn(event)) {
        event.preventDefault();
        form.requestSubmit();
      } else if (event.key === "Escape" && !event.isComposing) {
        event.stopPropagation(); // nothing else closes
        closeEdit(article.isConnected ? article : form.closest("article"));
      }
    });
    article.querySelector(".body").after(form);
    fitBox();
  }
  if (!focus) return;
  stayHere();
  const box = formOf(article).elements.text;
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
  formOf(article).scrollIntoView({ block: "nearest" });
}

/** Closes the box; what was typed is dropped, for it was sent or given up. */
export function closeEdit(article) {
  const form = formOf(article);
  if (!form) return;
  const focused = form.contains(document.activeElement);
  draftsOf.get(form).drop();
  form.remove();
  article.querySelector(".message-notice")?.remove();
  if (focused) (article.querySelector('[data-verb="edit"]') ?? article).focus({ preventScroll: true });
}

/** What to send of this form, or null when there is nothing to send. */
export function typed(form) {
  const { value } = form.elements.text;
  const article = form.closest("article");
  if (value === article.querySelector(".body").textContent) closeEdit(article);
  else if (!value.trim()) say(phrase("Write something first."), { calm: true, at: article });
  else if (length(value) > most) say(phrase("A message can have %(most)s characters. This one has %(n)s.", { most, n: length(value) }), { at: article });
  else {
    const draft = draftsOf.get(form);
    const key = draft.keyFor(value);
    draft.keep(value);
    return { text: value, key };
  }
  return null;
}

// A box whose message came back, with this page or with another version, opens again;
// not that of an edit whose answer was lost, but whose message stands there now.
async function reopen() {
  await dropSent(`${transcript.dataset.conversation} `, wasSent);
  for (const button of transcript.querySelectorAll('[data-verb="edit"]')) {
    const article = button.closest("article");
    if (formOf(article) || looked.has(article)) continue;
    looked.add(article);
    const draft = new Draft(nameOf(article));
    const text = await draft.load();
    if (text && article.isConnected) openEdit(article, { text, draft, focus: false });
  }
}

document.addEventListener("transcript:changed", reopen);
reopen();
