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
export function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// A tab has a name that outlives its reload, and holds a lock of that name: what is written
// at once in two tabs of one conversation are two texts, and what a tab that is gone has left
// is anybody's. Locks exist only on https and localhost; elsewhere the tabs share one text.
const tab = nameOfTab();
const lockOf = (name) => `draft of ${name}`;
const holds = tab && new Promise((held) => {
  navigator.locks.request(lockOf(tab), { mode: "shared" }, () => {
    held();
    return new Promise(() => {}); // as long as the page is there
  }).catch(held); // where a browser forbids it
});

function nameOfTab() {
  try {
    return navigator.locks ? (sessionStorage.tab ||= freshKey()) : "";
  } catch {
    return ""; // no storage
  }
}

/** One text being written, `name`d by where it is written; `ofTab`: of this tab alone. */
export class Draft {
  key = freshKey();
  tried = null; // the text that `key` was last sent with
  #tabs = ""; // the name's beginning, where each tab has a text of its own

  constructor(name, { ofTab = false } = {}) {
    if (ofTab && tab) this.#tabs = `${name} tab:`;
    this.name = this.#tabs ? this.#tabs + tab : name;
  }

  /** The text of last time, or "". */
  async load() {
    const kept = (await drafts("readonly", (store) => store.get(this.name))) ?? (this.#tabs && await this.#takeOver());
    if (!kept) return "";
    this.key = kept.key;
    this.tried = kept.tried;
    return kept.text;
  }

  /** The newest text that a tab which is gone has left here: it is this one's now. */
  async #takeOver() {
    await holds;
    const all = await drafts("readonly", (store) => store.getAll(IDBKeyRange.bound(this.#tabs, `${this.#tabs}\uffff`)));
    const locks = await navigator.locks.query().catch(() => ({ held: [] }));
    const open = new Set(locks.held.map((lock) => lock.name));
    const left = (all ?? []).filter((kept) => !open.has(lockOf(kept.tab)));
    const [newest] = left.sort((one, other) => other.at - one.at);
    if (newest) {
      await drafts("readwrite", (store) => {
        store.delete(this.#tabs + newest.tab);
        return store.put({ ...newest, tab }, this.name);
      });
    }
    return newest;
  }

  keep(text) {
    if (!text) return this.drop();
    const { name, key, tried } = this;
    return drafts("readwrite", (store) => store.put({ text, key, tried, tab, at: Date.now() }, name));
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
