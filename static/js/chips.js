// What opens at a reply: a memory at its number, all that it used, what it brought. One
// listener for all, as for the verbs: chips stand inside a reply's text, where nothing acts
// as htmx, whatever a model writes.
import { phrase } from "./phrase.js";
import { transcript } from "./transcript.js";

const OPENERS = ".cite[data-chip], [data-place]";

const keyOf = (opener) => opener.dataset.chip ?? opener.dataset.place;

function addressOf(opener) {
  const { turns } = transcript.dataset;
  if (opener.dataset.chip) return `${turns}atoms/${opener.dataset.chip}/`;
  return `${turns}${opener.closest("article").dataset.generation}/${opener.dataset.place}/`;
}

const placeOf = (article) => article.querySelector(":scope > .message-main > .atom-place");

function mark(article) {
  const open = placeOf(article)?.dataset.key;
  for (const opener of article.querySelectorAll(OPENERS)) {
    opener.setAttribute("aria-expanded", keyOf(opener) === open);
  }
}

function close(article) {
  const place = placeOf(article);
  if (!place) return;
  const held = place.contains(document.activeElement);
  const openers = [...article.querySelectorAll(OPENERS)];
  place.remove();
  mark(article);
  if (held) openers.find((opener) => keyOf(opener) === place.dataset.key)?.focus();
}

async function open(opener) {
  const article = opener.closest("article.message");
  const before = placeOf(article)?.dataset.key;
  close(article);
  if (before === keyOf(opener)) return;
  const place = document.createElement("div");
  place.className = "atom-place";
  place.dataset.key = keyOf(opener);
  place.innerHTML =
    '<button type="button" class="button-icon" data-place-close><span class="icon icon-small icon-close" aria-hidden="true"></span></button><div class="atom-cards" aria-busy="true"></div>';
  place.querySelector("button").ariaLabel = phrase("Close");
  article.querySelector(".body").after(place);
  mark(article);
  const cards = place.querySelector(".atom-cards");
  await window.htmx.ajax("GET", addressOf(opener), { source: place, target: cards, swap: "innerHTML" });
  cards.removeAttribute("aria-busy");
  if (!cards.childElementCount) return close(article); // refused: the notice says why
  cards.querySelector("h4")?.focus({ preventScroll: true });
  const tall = place.offsetHeight > 0.7 * document.getElementById("scroller").clientHeight;
  place.scrollIntoView({ block: tall ? "start" : "nearest" });
}

transcript.addEventListener("click", (event) => {
  if (event.target.closest("[data-place-close]")) return close(event.target.closest("article.message"));
  const opener = event.target.closest(OPENERS);
  if (opener) open(opener);
});

transcript.addEventListener("keydown", (event) => {
  const place = event.key === "Escape" && event.target.closest(".atom-place");
  if (!place) return;
  event.stopPropagation(); // the panel beside it stays
  close(place.closest("article.message"));
});

// An article that changed came anew, with its chips closed; what is open in it stays.
document.addEventListener("transcript:changed", () => {
  for (const place of transcript.querySelectorAll(".atom-place")) mark(place.closest("article.message"));
});
