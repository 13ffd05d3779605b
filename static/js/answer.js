// What is typed or picked on the practice card and not sent: it survives a reload, a crash
// and a card that comes anew, because a hint was taken or a reply has ended. The card's key
// tells whether an answer has arrived: the next one has another key.
import { touch } from "./box.js";
import { Draft } from "./draft.js";
import { fill, written } from "./fields.js";

const { conversation } = document.getElementById("transcript").dataset;
let form = null; // the form that stands on the card
let draft = null;
let untouched = "";

const words = () => JSON.stringify(written(form));

/** Looks at the card that stands now, and puts back what belongs there. */
async function look() {
  const next = document.getElementById("answer-form");
  if (next === form) return;
  const name = next && `answer:${conversation}:${next.elements.question.value}`;
  if (draft && draft.name !== name) draft.drop(); // answered, shown or left behind
  form = next;
  draft = next && new Draft(name);
  if (!next) return;
  untouched = words();
  if (touch.matches) offerSigns(next);
  const key = next.elements.key.value;
  const mine = draft;
  const text = await mine.load();
  if (mine !== draft) return; // another card has come meanwhile
  const arrived = text && mine.tried === text && mine.key !== key;
  mine.key = key;
  if (arrived) {
    mine.sent();
    mine.drop();
  } else if (text && words() === untouched) {
    fill(next, JSON.parse(text));
  }
}

function keep({ target }) {
  if (!form || target.form !== form) return;
  draft.keep(words() === untouched ? "" : words());
}

document.addEventListener("input", keep);
document.addEventListener("change", keep);
document.addEventListener("htmx:configRequest", ({ target }) => {
  if (target !== form) return;
  draft.tried = words();
  draft.keep(draft.tried);
});
document.addEventListener("htmx:afterSwap", look);

// A phone's number pad has no stroke, colon or minus: they stand below the box, with a way
// back to the letters ("a half"). No sign depends on the answer.
function offerSigns({ elements: { text } }) {
  const signs = document.getElementById("answer-signs");
  if (!signs) return;
  const letters = signs.querySelector("[data-letters]");
  text.inputMode = "decimal";
  signs.hidden = false;
  // The box keeps the focus, and the keyboard stays.
  signs.addEventListener("pointerdown", (event) => event.preventDefault());
  signs.addEventListener("click", ({ target }) => {
    const { sign } = target.dataset;
    if (sign) {
      text.setRangeText(sign, text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (target === letters) {
      text.inputMode = text.inputMode === "decimal" ? "text" : "decimal";
      letters.setAttribute("aria-pressed", text.inputMode === "text");
      text.blur(); // else the keyboard that is open stays
    }
    text.focus();
  });
}

look();
