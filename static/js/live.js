// The live half of a conversation: one WebSocket that resumes.
//
// Why not htmx's ws extension: it reconnects only on some close codes (a clean close stays
// closed), has no heartbeat, so a phone's half-open socket goes unnoticed, and cannot ask
// for what was missed. Messages are sent by plain hx-post; this socket only brings replies.
//
// From the server: delta, render (stream.js), message, memory, record, path, pong.
// To the server: follow, sync, language, ping.
import { phrase } from "./phrase.js";
import { backoff, Frames } from "./stream.js";
import * as page from "./transcript.js";

const PING_EVERY = 20_000;
const PONG_WITHIN = 10_000;
const SAY_AFTER = 2_000;

const address = new URL(`/ws/c/${page.transcript.dataset.conversation}/`, location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const banner = document.getElementById("connection");
let socket = null;
let tries = 0;
let over = false; // the server said that there is nothing here for us
let retry = 0;
let saying = 0;
let deadline = 0;
let heardAt = 0;
let held = null; // frames that wait while the path is read again

function connect() {
  clearTimeout(retry);
  if (over || (socket && socket.readyState <= WebSocket.OPEN)) return;
  const mine = new WebSocket(address);
  const frames = new Frames(); // their numbers count from 1 on each socket
  socket = mine;
  mine.onopen = () => {
    tries = 0;
    heardAt = Date.now();
    show("");
    if (held) held = []; // of a connection that is gone; what they said comes again
    send({ kind: "sync", last: page.lastId(), version: Number(page.transcript.dataset.pathVersion), keeps: true, language: document.documentElement.lang });
    for (const article of page.unfinished()) follow(article.dataset.generation);
  };
  mine.onmessage = (event) => {
    heardAt = Date.now();
    clearTimeout(deadline);
    const frame = frames.read(event.data);
    if (held) held.push(frame);
    else receive(frame);
  };
  mine.onclose = (event) => {
    if (socket === mine) lost(event.code);
  };
}

function lost(code) {
  socket = null;
  clearTimeout(deadline);
  if (code === 4403 || code === 4404) {
    over = true;
    show(code === 4404 ? phrase("This conversation is gone.") : phrase("You are signed out. Reload to sign in."));
    return;
  }
  saying ||= setTimeout(() => show(phrase("Reconnecting…")), SAY_AFTER);
  retry = setTimeout(connect, backoff(tries));
  tries += 1;
}

function reconnect() {
  const old = socket;
  socket = null; // its close event no longer counts
  old?.close();
  tries = 0;
  saying ||= setTimeout(() => show(phrase("Reconnecting…")), SAY_AFTER);
  connect();
}

function show(words) {
  clearTimeout(saying);
  saying = 0;
  banner.textContent = words;
  banner.hidden = !words;
}

function send(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function follow(generation, { anew = false } = {}) {
  if (!generation) return;
  const { offset, closed } = anew ? { offset: 0, closed: 0 } : page.position(generation);
  send({ kind: "follow", generation, offset, closed });
}

/** Shows articles, and follows those whose reply nobody has told us about yet. */
export function arrive(html, options) {
  const placed = page.place(html, options);
  if (placed) followNew(placed);
  else reconnect(); // a new socket brings everything whole
}

/** The same for all that is shown: the transcript as a fragment. False if it is none. */
export function arrivePath(html, options) {
  const placed = page.placePath(html, options);
  followNew(placed ?? []);
  return placed !== null;
}

function followNew(articles) {
  for (const article of articles) {
    const { generation, status } = article.dataset;
    const waits = status === "pending" || status === "streaming";
    if (waits && generation && !page.position(generation).heard) follow(generation);
  }
}

/** Frames wait until `go`: articles of a path that is not read yet would stand wrong. */
export function hold() {
  held ??= [];
}

export function go() {
  const waiting = held ?? [];
  held = null;
  waiting.forEach(receive);
}

function receive(frame) {
  switch (frame.kind) {
    case "delta":
    case "render":
      if (!page.take(frame)) follow(String(frame.generation), { anew: frame.kind === "render" });
      break;
    case "message":
      arrive(frame.html, { keeps: frame.keeps });
      break;
    case "path":
      document.dispatchEvent(new CustomEvent("path:changed", { detail: frame.version }));
      break;
    case "memory":
      document.getElementById("memory-button").dataset.count = frame.count;
      document.dispatchEvent(new CustomEvent("memory:changed"));
      break;
    case "record":
      document.dispatchEvent(new CustomEvent("record:changed", { detail: frame.html }));
      break;
  }
}

// A socket can be dead without saying so: ask, and give up when nothing answers.
function ping(within = PONG_WITHIN) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  send({ kind: "ping" });
  clearTimeout(deadline);
  deadline = setTimeout(reconnect, within);
}

setInterval(ping, PING_EVERY);
window.addEventListener("online", reconnect);
window.addEventListener("pageshow", (event) => event.persisted && reconnect());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible") return;
  if (!socket) connect();
  else if (Date.now() - heardAt > PING_EVERY + PONG_WITHIN) reconnect();
  else ping(3_000);
});

// What the server renders for this page from now on is in the page's new language.
document.addEventListener("language:changed", () => send({ kind: "language", language: document.documentElement.lang }));

connect();
