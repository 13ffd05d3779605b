// Words of a long form that were not saved yet: they survive a reload and a crash. A draft
// carries the number of the version it was begun on. What was submitted and is saved now is
// dropped; what was begun on an older version keeps that number, so that saving it says so.
import { Draft } from "./draft.js";
import { fill, written } from "./fields.js";

async function keepForm(form) {
  const draft = new Draft(`form:${form.dataset.draft}`);
  const state = document.getElementById("form-state");
  const number = form.elements.number;
  const saved = JSON.stringify(written(form));
  let isOut = false; // on its way to the server
  const isDirty = () => JSON.stringify(written(form)) !== saved;
  const tell = (dirty) => {
    state.textContent = dirty ? state.dataset.unsaved : "";
  };

  const keep = () => {
    const dirty = isDirty() || form.dataset.unsaved === "yes";
    tell(dirty);
    const words = { number: number?.value ?? "", isOut, words: written(form) };
    return dirty ? draft.keep(JSON.stringify(words)) : draft.drop();
  };

  const text = await draft.load();
  const kept = text && JSON.parse(text);
  const stands = form.dataset.unsaved === "yes"; // the server shows what was not saved
  if (kept && !stands) {
    const isSaved = kept.isOut && kept.number !== (number?.value ?? "");
    if (isSaved || JSON.stringify(kept.words) === saved) draft.drop();
    else {
      fill(form, kept.words);
      if (number) number.value = kept.number;
      document.getElementById("form-kept").hidden = false;
      tell(true);
    }
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => {
    isOut = true;
    keep();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) isOut = false;
  });
  document.getElementById("form-discard")?.addEventListener("click", async () => {
    await draft.drop();
    location.reload();
  });
  // What the server refused is a draft again, begun on the version that it shows now.
  if (stands) await keep();
  form.dataset.kept = "ready";
}

for (const form of document.querySelectorAll("form[data-draft]")) keepForm(form);
// A form that was new is saved under another name: its page says so once.
for (const place of document.querySelectorAll("[data-saved]")) new Draft(`form:${place.dataset.saved}`).drop();
