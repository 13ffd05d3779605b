// The practice card: after each change the focus goes to what is new, so that a screen
// reader hears the verdict and the keyboard goes on from there. What was answered comes to
// the top of the page, so that the tutor's words and the card below them are in sight.
import { stayAtEnd, stayHere } from "./reading.js";

const lastSaid = () => [...document.querySelectorAll('#transcript [data-role="user"]')].at(-1);
let before; // the last message when an answer was sent; undefined when none is on its way

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.elt.closest("#practice")) return;
  if (/\/(answer|say)\/$/.test(detail.requestConfig.path)) before = lastSaid()?.id ?? "";
});

document.addEventListener("transcript:changed", () => {
  const said = lastSaid();
  if (before === undefined || !said || said.id === before) return;
  before = undefined;
  stayHere();
  said.scrollIntoView({ block: "start" });
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const card = document.getElementById("practice");
  const { verb, path } = detail.requestConfig ?? {};
  if (detail.target.id !== "practice" || verb === "get" || !card) return; // nobody pressed
  const next = card.querySelector("[data-focus], .practice-form input:not([type=hidden])");
  next?.focus({ preventScroll: true });
  if (card.dataset.state === "ended") card.scrollIntoView({ block: "start" });
  else if (!/\/(answer|say)\/$/.test(path)) stayAtEnd();
});
