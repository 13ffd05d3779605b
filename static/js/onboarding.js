// Copy buttons of the onboarding pages, and a guard: a key that is shown once shall not be
// lost to a slip of the finger.

let unsaved = document.querySelector("[data-once]") !== null;

async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    // Not a secure origin, or refused: select it, so that the person can copy it.
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
  return true;
}

for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false; // without this script it would do nothing
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    if (!(await copy(source))) return;
    if (source.hasAttribute("data-once")) unsaved = false;
    button.querySelector("[data-label]").textContent = button.dataset.done;
  });
}

addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
