// The sheet of all shortcuts, as the server lists them for this person.
import { leaveOut, nameKeys } from "./keys-named.js";

const sheet = document.createElement("dialog");
sheet.className = "keys-sheet";
sheet.setAttribute("aria-labelledby", "keys-title");
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close(); // the backdrop
});

export async function toggle() {
  if (sheet.open) return sheet.close();
  if (document.querySelector("dialog[open]")) return;
  const answer = await fetch("/display/keys/").catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign("/display/#keys");
  sheet.innerHTML = await answer.text();
  leaveOut(sheet);
  nameKeys(sheet);
  document.body.append(sheet);
  const style = sheet.querySelector("link");
  if (!style.sheet) await new Promise((done) => (style.onload = style.onerror = done));
  if (!sheet.open) sheet.showModal();
}
