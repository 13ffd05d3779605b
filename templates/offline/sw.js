// The service worker. It never shows an old page for one that can be had: pages come from
// the network, and only when that fails does the page below stand in. It answers nothing
// else but that page's own files: no POST, no API, no admin, no file of an online page.
const SHELL = "shell-{{ version }}";
const PAGE = {{ page|safe }};
const FILES = {{ files|safe }};
const MOST = 20; // copies of conversations
const MARK = {{ mark|safe }};
const NOT_OURS = /^\/(admin|v1|api|billing|static|healthz)(\/|$)|\/export(\/|\.)|\/files\//;
const CONVERSATION = /^\/c\/([0-9a-f-]{36})\/$/;

// All of it or nothing: a version whose files are not all there is not installed.
self.addEventListener("install", (event) => {
  const fresh = [PAGE, ...FILES].map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(fresh)));
  self.skipWaiting(); // no page depends on the old one: see above
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
  }
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (search === MARK) event.respondWith(fileOf(request));
  else if (request.mode === "navigate" && !NOT_OURS.test(pathname)) event.respondWith(go(event, pathname));
});

async function fileOf(request) {
  return (await caches.match(request, { cacheName: SHELL })) ?? fetch(request);
}

async function go(event, pathname) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    event.waitUntil(answer.status === 404 ? forget(pathname) : bound());
    return answer;
  } catch {
    return (await caches.match(PAGE, { cacheName: SHELL })) ?? Response.error();
  }
}

/** Removes the copies that have not been written for longest. */
async function bound() {
  for (const [cache, kept] of await copies()) {
    for (const old of kept.slice(0, -MOST)) await cache.delete(old);
  }
}

/** A conversation that is gone has no copy here either. */
async function forget(pathname) {
  const id = CONVERSATION.exec(pathname)?.[1];
  if (!id) return;
  for (const [cache] of await copies()) await cache.delete(`/offline/kept/${id}`);
}

async function copies() {
  const names = (await caches.keys()).filter((name) => name.startsWith("kept-"));
  return Promise.all(names.map(async (name) => {
    const cache = await caches.open(name);
    return [cache, (await cache.keys()).filter(({ url }) => url.includes("/offline/kept/"))];
  }));
}
