// What is typed and not sent, with the key that makes a second try the same message.
//
// In IndexedDB and not in localStorage: Chromium writes localStorage to disk five seconds
// to a minute later, so a crash took what was typed meanwhile; a committed IndexedDB
// transaction is with the operating system at once.
import { isMine, ready } from "./owner.js";

const KEPT_MS = 30 * 86_400_000;

const opened = ready.then(() => new Promise((resolve, reject) => {
  const request = indexedDB.open("anchorage", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("drafts");
  request.onsuccess = () => {
    request.result.onversionchange = () => request.result.close(); // signed out
    resolve(request.result);
  };
  request.onerror = () => reject(request.error);
}));
sweep(null, ({ at }) => at < Date.now() - KEPT_MS);

async function drafts(mode, act) {
  try {
    const database = await opened;
    if (!isMine()) return undefined;
    const transaction = database.transaction("drafts", mode);
    const request = act(transaction.objectStore("drafts"));
    transaction.commit?.(); // do not wait for an answer: the page may be closed before it
    return await new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = transaction.onabort = () => resolve(undefined);
    });
  } catch {
    return undefined; // no storage: a draft then lives as long as the page
  }
}

async function sweep(range, isOver) {
  try {
    const store = (await opened).transaction("drafts", "readwrite").objectStore("drafts");
    await new Promise((resolve) => {
      store.openCursor(range).onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return resolve();
        if (isOver(cursor.value)) cursor.delete();
        cursor.continue();
      };
    });
  } catch {
    // as above
  }
}

/** Forgets the drafts whose names begin with `prefix` and whose messages have arrived. */
export const dropSent = (prefix, wasSent) =>
  sweep(IDBKeyRange.bound(prefix, `${prefix}\uffff`), ({ key }) => wasSent(key));

// randomUUID exists only on https and localhost; a demo may run on a plain address.
function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** One text being written, `name`d by where it is written. */
export class Draft {
  key = freshKey();
  tried = null; // the text that `key` was last sent with

  constructor(name) {
    this.name = name;
  }

  /** The text of last time, or "". */
  async load() {
    const kept = await drafts("readonly", (store) => store.get(this.name));
    if (!kept) return "";
    this.key = kept.key;
    this.tried = kept.tried;
    return kept.text;
  }

  keep(text) {
    if (!text) return this.drop();
    const { name, key, tried } = this;
    return drafts("readwrite", (store) => store.put({ text, key, tried, at: Date.now() }, name));
  }

  drop() {
    return drafts("readwrite", (store) => store.delete(this.name));
  }

  /** The key to send `text` with: the same words again are the same message. */
  keyFor(text) {
    if (this.tried !== null && this.tried !== text) this.key = freshKey();
    this.tried = text;
    return this.key;
  }

  /** The text has arrived; what comes next is another message. */
  sent() {
    this.key = freshKey();
    this.tried = null;
  }
}
