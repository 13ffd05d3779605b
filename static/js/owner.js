// For whom this browser keeps drafts and copies: docs/offline.md.
const { person, was } = document.body.dataset; // none on the offline page
const left = document.cookie.includes("left=1");

/** Whom this browser keeps things for, if anybody. */
export function owner(next) {
  try {
    if (next) localStorage.owner = next;
    return localStorage.owner;
  } catch {
    // no storage: nothing is kept
  }
}

/** Still this page's person? Another tab may have signed out. */
export const isMine = () => !!person && owner() === person;
export const copies = `kept-${person ?? owner()}`;

async function tidy() {
  for (const name of (await globalThis.caches?.keys()) ?? []) {
    if (name.startsWith("kept-") && (left || name !== copies)) await caches.delete(name);
  }
  const before = owner();
  if (left || (person && before && ![person, was].includes(before))) await (await import("./clear.js")).clear();
  owner(person); // last: cut off before, all of this comes again
}

export const ready = tidy().catch(() => {});
