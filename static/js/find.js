// The page of search hits: the arrow keys go from the box through the hits and back, and the
// address keeps what was looked for, so that Back finds it again.
import { actionOf } from "./keys.js";

const box = document.querySelector(".find-box");
const form = box.form;
const part = form.elements.part;
part.disabled = false; // without this script the form asks for the whole page

const hits = () => [...document.querySelectorAll(".hit")];

// Before keys.js, which would open this page anew.
document.addEventListener("keydown", (event) => {
  if (actionOf(event) !== "find" || event.target.closest("input, textarea")) return;
  event.preventDefault();
  box.select();
}, { capture: true });

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const modified = event.altKey || event.ctrlKey || event.metaKey || event.isComposing;
  if (!step || modified || !event.target.closest(".find-box, .hit")) return;
  const all = [box, ...hits()];
  const next = all[all.indexOf(event.target.closest(".find-box, .hit")) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

form.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  const address = new URL(location.href);
  if (box.value) address.searchParams.set("q", box.value);
  else address.searchParams.delete("q");
  history.replaceState(history.state, "", address);
});
