// The page without a network: what this browser keeps, for reading (keep.js wrote it, and
// it can hold no markup but what the server let into the conversation's page).
//
// It stands in for any page that can not be fetched, under that page's own address, so a
// conversation's address shows its copy. It sends nothing and keeps nothing for sending.
const { copies, owner, ready } = await import(document.body.dataset.owner);

const KEPT_MS = 30 * 86_400_000;
const PLACE = "/offline/kept/";
const here = /^\/c\/([0-9a-f-]{36})\/$/.exec(location.pathname)?.[1];
const isStandIn = location.pathname !== "/offline/";
const part = (id) => document.getElementById(id);
const moments = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

/** The copies that are not too old, the newest first. */
async function kept() {
  if (!globalThis.caches || !owner() || !(await caches.has(copies))) return [];
  const cache = await caches.open(copies);
  const found = [];
  for (const request of await cache.keys()) {
    if (!new URL(request.url).pathname.startsWith(PLACE)) continue;
    const copy = await (await cache.match(request)).json();
    if (copy.at < Date.now() - KEPT_MS) await cache.delete(request);
    else found.push(copy);
  }
  return found.sort((one, other) => other.at - one.at);
}

/** Shows the picture from its copy. The content policy allows data: and no blob:. */
async function portray(image, address) {
  const copy = address && (await (await caches.open(copies)).match(address));
  if (!copy) return image.remove();
  const reader = new FileReader();
  reader.onload = () => (image.src = reader.result);
  reader.readAsDataURL(await copy.blob());
}

/** What was typed there last and not sent, in whichever tab; "" for nothing, and nothing is
 * made by looking. */
function draftOf(id) {
  return new Promise((resolve) => {
    const request = indexedDB.open("anchorage", 1);
    request.onupgradeneeded = () => request.transaction.abort(); // there are no drafts
    request.onerror = () => resolve("");
    request.onsuccess = () => {
      const database = request.result;
      const store = database.transaction("drafts").objectStore("drafts");
      const shared = store.get(id); // draft.js says when it is one for all tabs
      const found = store.getAll(IDBKeyRange.bound(`${id} tab:`, `${id} tab:\uffff`));
      found.onsuccess = () => {
        database.close();
        const all = [shared.result ?? [], found.result].flat();
        resolve(all.sort((one, other) => other.at - one.at)[0]?.text ?? "");
      };
    };
  });
}

const hueOf = ({ hue }) => /hue-\d+/.exec(hue)?.[0] ?? "hue";

const nameOf = ({ who }) => who.split("\n").map((line) => line.trim()).filter(Boolean);

const tell = (time, at) => {
  time.dateTime = new Date(at).toISOString();
  time.textContent = moments.format(at);
};

/** Text of stored HTML, as DOM without anything that could be pressed. */
function read(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  for (const control of box.content.querySelectorAll("button, form, input, .cite")) control.remove();
  return box.content;
}

function entry(copy) {
  const item = part("entry").content.cloneNode(true);
  const link = item.querySelector("a");
  link.href = `#${copy.id}`;
  link.classList.add(hueOf(copy));
  item.querySelector(".thread-title").textContent = nameOf(copy)[0];
  const last = copy.said.at(-1)?.[2] ?? "";
  item.querySelector(".thread-preview").textContent = read(last).textContent.trim().slice(0, 90);
  tell(item.querySelector("time"), copy.at);
  const count = item.querySelector("[data-many]");
  count.textContent = copy.said.length === 1 ? count.dataset.one : count.dataset.many.replace("%n", copy.said.length);
  portray(item.querySelector("img"), copy.portrait);
  return item;
}

function message([role, speaker, html]) {
  const article = part("said").content.cloneNode(true).firstElementChild;
  article.dataset.role = role;
  article.ariaLabel = speaker;
  const heading = article.querySelector("h3");
  heading.textContent = speaker;
  heading.className = role === "assistant" ? "message-name" : "visually-hidden";
  const body = article.querySelector(".body");
  body.classList.toggle("prose", role === "assistant");
  body.append(read(html));
  return article;
}

async function whole(copy) {
  const page = part("whole").content.cloneNode(true);
  const body = part("copy-body");
  const [name, ...about] = nameOf(copy);
  page.querySelector("h2").textContent = name;
  page.querySelector(".kept-about").textContent = about.join(" ");
  tell(page.querySelector("time"), copy.at);
  page.querySelector('[data-part="cut"]').hidden = copy.isWhole;
  page.querySelector(".kept-said").append(...copy.said.map(message));
  portray(page.querySelector("img"), copy.portrait);
  const draft = await draftOf(copy.id);
  const typed = page.querySelector('[data-part="draft"]');
  typed.hidden = !draft;
  typed.querySelector("p").textContent = draft;
  part("copy").className = hueOf(copy);
  body.replaceChildren(page);
}

let shown = "";

async function show() {
  await ready;
  const found = await kept();
  const wanted = location.hash.slice(1) || here || "";
  const copy = found.find(({ id }) => id === wanted);
  if (copy) await whole(copy);
  else part("copies").replaceChildren(...found.map(entry));
  part("copy").hidden = !copy;
  part("list").hidden = Boolean(copy) || !found.length;
  part("empty").hidden = found.length > 0;
  part("missing").hidden = !here || wanted !== here;
  const now = copy ? copy.id : "all";
  if (shown && shown !== now) part(copy ? "copy-title" : "list-title").focus();
  shown = now;
  document.body.dataset.shown = now;
}

function state() {
  document.body.dataset.state = !navigator.onLine ? "offline" : isStandIn ? "away" : "online";
}

part("remove").addEventListener("click", async () => {
  await caches.delete(copies);
  part("removed").textContent = part("removed").dataset.words;
  await show();
});
part("again").addEventListener("click", () => location.reload());
window.addEventListener("hashchange", show);
window.addEventListener("offline", state);
// What was asked for can be had again: a copy is shown for no moment longer. The event alone
// proves nothing, Chromium sends it now and then to a page that is still without a network.
window.addEventListener("online", () => (isStandIn && navigator.onLine ? location.reload() : state()));
state();
await show();
