// A line where the model's sight ends: the newest reply says which message was the oldest
// that it read word for word, and the line stands above that one.
import { transcript } from "./transcript.js";

const template = document.getElementById("horizon");

function draw() {
  const told = [...transcript.querySelectorAll("[data-generation]:not([data-generation=''])")].pop();
  const { horizon = "", summary = "" } = told?.dataset ?? {};
  const first = horizon && document.getElementById(`message-${horizon}`);
  const drawn = transcript.querySelector(".horizon");
  if (drawn && first && drawn.dataset.summary === summary && first.contains(drawn)) return;
  if (!first && told?.matches('[data-status="pending"], [data-status="streaming"]')) return;
  drawn?.remove();
  if (!first) return;
  const line = template.content.firstElementChild.cloneNode(true);
  line.dataset.summary = summary;
  for (const words of line.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== summary;
  first.querySelector(".message-main").prepend(line);
}

document.addEventListener("transcript:changed", draw);
draw();
