// The character editor: drafts, lists, the picture, and the colour as one moves its slider.
import "./lists.js";
import "./crop.js";
import "./kept-form.js";

const page = document.getElementById("editor-page");
const hue = document.getElementById("id_hue");

hue.addEventListener("input", () => {
  page.className = page.className.replace(/hue-\d+/, `hue-${Math.round(hue.value / 10) * 10 % 360}`);
});
