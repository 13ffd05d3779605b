// The practice card: after each change the focus goes to what is new, so that a screen
// reader hears the verdict and the keyboard goes on from there.
import { stayAtEnd } from "./reading.js";

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "practice" && detail.elt.id !== "practice") return;
  const card = document.getElementById("practice");
  if (!card || detail.requestConfig?.verb === "get") return; // a reply ended: nobody pressed
  const next = card.querySelector("[data-focus], .practice-form input:not([type=hidden])");
  next?.focus({ preventScroll: true });
  if (card.dataset.state === "ended") card.scrollIntoView({ block: "start" });
  else stayAtEnd();
});
