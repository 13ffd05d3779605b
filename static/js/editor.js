// The character editor: drafts, lists, the picture, and the colour as one moves its slider.
import "./lists.js";
import "./crop.js";
import "./kept-form.js";

const page = document.getElementById("editor-page");
const hue = document.getElementById("id_hue");

hue.addEventListener("input", () => {
  page.className = page.className.replace(/hue-\d+/, `hue-${Math.round(hue.value / 10) * 10 % 360}`);
});

// The counts are replaced as one types; the prompt stays open below them.
const weights = document.getElementById("weights");
let isOpen = false;
weights.addEventListener("htmx:beforeSwap", () => {
  isOpen = weights.querySelector("details")?.open ?? false;
});
weights.addEventListener("htmx:afterSwap", () => {
  const prompt = weights.querySelector("details");
  if (prompt) prompt.open = isOpen;
});
