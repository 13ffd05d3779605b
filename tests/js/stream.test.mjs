// Run by tests/scenarios/test_scripts.py in a browser; also: node --test tests/js/*.test.mjs
import assert from "node:assert/strict";
import test from "node:test";

import { Frames, Stream, backoff } from "../../static/js/stream.js";

const delta = (offset, text) => ({ kind: "delta", offset, text });
const render = (offset, from, closed, tail) => ({
  kind: "render", offset, closed_from: from, closed, tail,
});
const fresh = (stream) => stream.fresh.join("");

test("deltas in order add up", () => {
  const stream = new Stream();
  assert.ok(stream.take(delta(0, "Good ")));
  assert.ok(stream.take(delta(5, "evening")));
  assert.equal(fresh(stream), "Good evening");
  assert.deepEqual(stream.position, { offset: 12, closed: 0 });
});

test("a delta that is known already changes nothing", () => {
  const stream = new Stream();
  stream.take(delta(0, "Good evening"));
  assert.ok(stream.take(delta(5, "even")));
  assert.equal(fresh(stream), "Good evening");
});

test("a delta that overlaps adds only its new part", () => {
  const stream = new Stream();
  stream.take(delta(0, "Good ev"));
  assert.ok(stream.take(delta(5, "evening")));
  assert.equal(fresh(stream), "Good evening");
});

test("a gap is reported and nothing is shown out of order", () => {
  const stream = new Stream();
  stream.take(delta(0, "Good"));
  assert.equal(stream.take(delta(7, "ning")), false);
  assert.deepEqual(stream.position, { offset: 4, closed: 0 });
});

test("offsets count code points, not UTF-16 units", () => {
  const stream = new Stream();
  stream.take(delta(0, "👋🏽 안녕"));
  assert.equal(stream.known, 5);
  assert.ok(stream.take(delta(5, "🙂!")));
  assert.ok(stream.take(render(3, 0, [], "<p>👋🏽 </p>")));
  assert.equal(fresh(stream), "안녕🙂!");
});

test("a render keeps only the raw text beyond it", () => {
  const stream = new Stream();
  stream.take(delta(0, "One.\n\nTwo and"));
  assert.ok(stream.take(render(9, 0, ["<p>One.</p>"], "<p>Two</p>")));
  assert.deepEqual(stream.closed, ["<p>One.</p>"]);
  assert.equal(stream.tail, "<p>Two</p>");
  assert.equal(fresh(stream), " and");
});

test("white space that HTML drops still stands before the raw text", () => {
  const stream = new Stream();
  stream.take(delta(0, "One and "));
  stream.take(render(8, 0, [], "<p>One and</p>"));
  assert.equal(stream.raw, "");
  stream.take(delta(8, "two.\n\n"));
  assert.equal(stream.raw, " two.\n\n");
  stream.take(render(14, 0, [], "<p>One and two.</p>"));
  stream.take(delta(14, "*Then"));
  assert.equal(stream.raw, "\n\n*Then");
});

test("a render ahead of the deltas swallows the late ones", () => {
  const stream = new Stream();
  stream.take(render(12, 0, [], "<p>Good evening</p>"));
  assert.ok(stream.take(delta(5, "evening")));
  assert.equal(fresh(stream), "");
  assert.equal(stream.known, 12);
});

test("closed blocks are appended once, also when a render repeats some", () => {
  const stream = new Stream();
  stream.take(render(5, 0, ["<p>a</p>"], ""));
  stream.take(render(9, 1, ["<p>b</p>"], ""));
  stream.take(render(12, 1, ["<p>b</p>", "<p>c</p>"], "<p>d</p>"));
  assert.deepEqual(stream.closed, ["<p>a</p>", "<p>b</p>", "<p>c</p>"]);
  assert.equal(stream.position.closed, 3);
});

test("a render from block 0 replaces everything", () => {
  const stream = new Stream();
  stream.take(render(5, 0, ["<p>a</p>"], ""));
  stream.take(render(9, 0, ["<p>A</p>", "<p>B</p>"], ""));
  assert.deepEqual(stream.closed, ["<p>A</p>", "<p>B</p>"]);
});

test("a render whose earlier blocks are missing is a gap", () => {
  const stream = new Stream();
  stream.take(render(5, 0, ["<p>a</p>"], ""));
  assert.equal(stream.take(render(30, 3, ["<p>d</p>"], "")), false);
  assert.deepEqual(stream.closed, ["<p>a</p>"]);
});

test("an old render changes nothing", () => {
  const stream = new Stream();
  stream.take(render(9, 0, ["<p>a</p>"], "<p>b</p>"));
  assert.ok(stream.take(render(5, 0, [], "<p>a</p>")));
  assert.deepEqual(stream.closed, ["<p>a</p>"]);
});

test("frames of any interleaving and repetition end in the same text", () => {
  const words = Array.from("Ten 🐚 shells, and ein Rätsel 안녕 for you.");
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let round = 0; round < 300; round += 1) {
    const stream = new Stream();
    for (let guard = 0; stream.known < words.length; guard += 1) {
      assert.ok(guard < 2000);
      const from = Math.max(0, Math.min(words.length, stream.known + Math.floor(random() * 9) - 5));
      const to = Math.min(words.length, from + Math.floor(random() * 7));
      if (random() < 0.3) stream.take(render(to, 0, [], words.slice(0, to).join("")));
      else stream.take(delta(from, words.slice(from, to).join("")));
      assert.equal(stream.tail + fresh(stream), words.slice(0, stream.known).join(""));
    }
  }
});

test("an unknown kind of frame is ignored", () => {
  assert.ok(new Stream().take({ kind: "weather" }));
});

test("reconnection waits between 0.3 and 10 seconds, longer with each try", () => {
  assert.equal(backoff(0, () => 0), 300);
  assert.equal(backoff(50, () => 0), 300);
  assert.equal(backoff(50, () => 1), 10_000);
  assert.ok(backoff(0, () => 1) < backoff(2, () => 1));
});

test("short frames are told apart by their numbers", () => {
  const frames = new Frames();
  const first = { kind: "delta", generation: "a", number: 1, offset: 0, text: "Good " };
  assert.deepEqual(frames.read(JSON.stringify(first)), first);
  frames.read(JSON.stringify({ ...first, generation: "b", number: 2 }));
  assert.deepEqual(frames.read('[1,"👋🏽"]'), {
    kind: "delta", generation: "a", offset: 5, text: "👋🏽",
  });
  assert.deepEqual(frames.read('[1,"even"]').offset, 7);
  assert.equal(frames.read('[2,"x"]').generation, "b");
  assert.deepEqual(frames.read('[1,12,0,["<p>x</p>"],"y"]'), {
    kind: "render", generation: "a", offset: 12, closed_from: 0, closed: ["<p>x</p>"], tail: "y",
  });
  assert.equal(frames.read('[1,"z"]').offset, 12);
  assert.deepEqual(frames.read('{"kind":"pong"}'), { kind: "pong" });
});
