// Which messages are shown. Every version, deletion and undo, in this tab or another, is a
// new version of the path; a page that is behind reads the newest part of it again, and
// the part that the person is reading.
import { arrivePath, go, hold } from "./live.js";
import { readAt } from "./reading.js";
import { backoff } from "./stream.js";
import { transcript } from "./transcript.js";
import { placeUndo } from "./undo.js";

const PATIENCE_MS = 10_000;
let wanted = 0;
let tries = 0;
let reading = false;

const shown = () => Number(transcript.dataset.pathVersion);

/** Shows the path and the undo of an answer that was asked for at `since`. */
export function showPath(html, { since, pivot } = {}) {
  const isPath = arrivePath(html, { since, pivot });
  if (!isPath) return false;
  placeUndo(html);
  document.dispatchEvent(new CustomEvent("memory:changed")); // memory follows the path
  return true;
}

async function read() {
  if (reading || shown() >= wanted) return;
  reading = true;
  hold();
  const since = performance.now();
  try {
    const answer = await fetch(`${transcript.dataset.url}?at=${readAt()}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const isPath = answer.ok && showPath(await answer.text(), { since });
    if (!isPath && answer.status < 500) wanted = 0; // it is gone, or we are signed out
    tries = isPath ? 0 : tries + 1;
  } catch {
    tries += 1; // no network
  } finally {
    reading = false;
    go();
  }
  setTimeout(read, backoff(tries));
}

document.addEventListener("path:changed", (event) => {
  wanted = Math.max(wanted, event.detail);
  read();
});
