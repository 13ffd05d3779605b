// What every page has: menus that close, times in the person's own words, copies.
import "./keys.js";
import "./notice.js";
import { phrase } from "./phrase.js";
import "./owner.js";

const SPANS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 hours ago" instead of a date in the server's zone; the exact time stays as a title. */
function tellTimes(root) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  for (const element of root.querySelectorAll("time.thread-when")) {
    const then = new Date(element.dateTime);
    const seconds = (then - Date.now()) / 1000;
    const [unit, length] = SPANS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
    element.title = then.toLocaleString(document.documentElement.lang);
    element.textContent = unit === "second" ? phrase("just now") : words.format(Math.round(seconds / length), unit);
  }
}

/** Copies the text of an element that a button names, and shows what was copied. */
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const group = button.parentElement;
  for (const other of group.querySelectorAll("pre")) other.hidden = other !== source;
  const said = group.querySelector(".copied");
  try {
    await navigator.clipboard.writeText(source.textContent);
    said.textContent = phrase("Copied.");
  } catch {
    // A page without HTTPS has no clipboard: what is selected can be copied by hand.
    getSelection().selectAllChildren(source);
    said.textContent = phrase("Selected: press Ctrl+C.");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

// The server tells times in this zone, once it knows it.
document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/`;
if (!document.body.dataset.zone) import("./zone.js");
navigator.serviceWorker?.register("/sw.js").catch(() => {});

tellTimes(document);
document.addEventListener("language:changed", () => tellTimes(document));

// A conversation stays as it is while its page changes the language; other pages reload.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-language]");
  if (!form || !document.getElementById("transcript")) return;
  event.preventDefault();
  const { submitter } = event;
  const { switchLanguage } = await import("./language.js");
  await switchLanguage(form, submitter);
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
