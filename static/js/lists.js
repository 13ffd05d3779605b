// Lists of texts in a form: boxes are added and removed; all have the same name.

function numbered(list) {
  list.querySelectorAll("[data-place]").forEach((place, at) => { place.textContent = at + 1; });
}

function grow(list) {
  const last = [...list.querySelectorAll(".list-entry")].at(-1);
  const entry = last.cloneNode(true);
  entry.querySelector("textarea").value = "";
  last.after(entry);
  numbered(list);
  return entry.querySelector("textarea");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-list-act]");
  const list = button?.closest("[data-list]");
  if (!list) return;
  if (button.dataset.listAct === "add") {
    grow(list).focus();
    return;
  }
  const entry = button.closest(".list-entry");
  const entries = list.querySelectorAll(".list-entry");
  const next = entry.nextElementSibling?.querySelector("textarea, button") ?? list.querySelector("textarea");
  if (entries.length === 1) entry.querySelector("textarea").value = "";
  else entry.remove();
  numbered(list);
  (entries.length === 1 ? entry.querySelector("textarea") : next).focus();
  list.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
});

// Words of last time come back: as many boxes as there were.
document.addEventListener("kept:lists", (event) => {
  for (const list of event.target.querySelectorAll("[data-list]")) {
    const wanted = event.detail.get(list.dataset.list)?.length ?? 1;
    while (list.querySelectorAll(".list-entry").length < wanted) grow(list);
  }
}, true);
