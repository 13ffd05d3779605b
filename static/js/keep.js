// A copy of what stands here, to be read without a network: docs/offline.md.
import { copies, isMine, ready } from "./owner.js";
import { transcript, unfinished } from "./transcript.js";

const first = (selector) => document.querySelector(selector);
let due = 0;

async function keep() {
  await ready;
  if (!isMine() || !globalThis.caches) return;
  const half = unfinished();
  const said = [];
  let room = 300_000;
  let one = transcript.lastElementChild;
  for (; one?.matches("article") && room > 0 && said.length < 200; one = one.previousElementSibling) {
    if (half.includes(one)) continue;
    const html = one.querySelector(".body").innerHTML;
    room -= html.length;
    said.unshift([one.dataset.role, one.ariaLabel, html]);
  }
  const portrait = first(".room-head .portrait").src;
  const who = first(".room-who").innerText;
  const hue = first(".room-page").className;
  const id = transcript.dataset.conversation;
  const place = `/offline/kept/${id}`;
  const cache = await caches.open(copies);
  await cache.delete(place); // the newest stands last: sw.js removes the first
  await cache.put(place, Response.json({ id, portrait, who, hue, said, isWhole: !one, at: Date.now() }));
  await cache.add(portrait);
  if (!isMine()) caches.delete(copies);
}

function soon() {
  clearTimeout(due);
  due = setTimeout(keep, 1500);
}

document.addEventListener("transcript:changed", soon);
soon();
