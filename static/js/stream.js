// What is known of one reply while it streams. Pure: no DOM, no socket, so node can test it.
//
// The server sends two kinds of frames. A delta is raw text for at once; a render is HTML of
// everything up to an offset, a little later. Offsets count Unicode code points, as Python's
// len() does, while JavaScript strings count UTF-16 units: "👋".length is 2 here and 1 there.

const codePoints = (text) => Array.from(text);

export class Stream {
  closed = []; // HTML of blocks that no later text can change
  tail = ""; // HTML of the block that is still growing
  base = 0; // the HTML covers the text up to here
  gap = ""; // white space right before `base`, which HTML drops at the end of a block
  fresh = []; // code points beyond `base`, still raw

  /** How many code points are known. */
  get known() {
    return this.base + this.fresh.length;
  }

  /** The raw text to show behind the HTML. */
  get raw() {
    return this.fresh.length ? this.gap + this.fresh.join("") : "";
  }

  /** What to ask the server for: everything beyond what is known here. */
  get position() {
    return { offset: this.known, closed: this.closed.length };
  }

  /** Takes a frame in any order, twice or late. False: something is missing, follow again. */
  take(frame) {
    if (frame.kind === "delta") return this.#delta(frame.offset, codePoints(frame.text));
    if (frame.kind === "render") return this.#render(frame);
    return true;
  }

  #delta(offset, points) {
    if (offset > this.known) return false;
    this.fresh = this.fresh.concat(points.slice(this.known - offset));
    return true;
  }

  #render({ offset, closed_from: from, closed, tail }) {
    if (offset < this.base) return true; // older than what is shown
    if (from > this.closed.length) return false;
    // From 0 means everything anew; otherwise closed blocks never change, so take the new ones.
    if (from === 0) this.closed = [...closed];
    else this.closed.push(...closed.slice(this.closed.length - from));
    const covered = this.gap + this.fresh.slice(0, offset - this.base).join("");
    this.gap = offset > this.known ? "" : covered.slice(covered.trimEnd().length);
    this.fresh = this.fresh.slice(offset - this.base);
    this.base = offset;
    this.tail = tail;
    return true;
  }
}

/**
 * Undoes the short forms: [number, text] is a delta behind what came last, [number, offset,
 * closed_from, closed, tail] a render. A reply's first frame says what its number stands for.
 */
export class Frames {
  #names = new Map(); // number -> generation
  #ends = new Map(); // number -> how far its frames came

  read(words) {
    const frame = JSON.parse(words);
    if (Array.isArray(frame)) {
      const [number, ...values] = frame;
      const generation = this.#names.get(number);
      if (values.length === 1) {
        const delta = { kind: "delta", generation, offset: this.#ends.get(number), text: values[0] };
        return this.#note(number, delta);
      }
      const [offset, closed_from, closed, tail] = values;
      return this.#note(number, { kind: "render", generation, offset, closed_from, closed, tail });
    }
    if (!frame.number) return frame;
    this.#names.set(frame.number, frame.generation);
    return this.#note(frame.number, frame);
  }

  #note(number, frame) {
    const length = frame.kind === "delta" ? codePoints(frame.text).length : 0;
    this.#ends.set(number, Math.max(this.#ends.get(number) ?? 0, frame.offset + length));
    return frame;
  }
}

/** Milliseconds to wait before connection attempt `tries` (0, 1, ...): 0.3 to 10 s, full jitter. */
export function backoff(tries, random = Math.random) {
  const most = Math.min(10_000, 600 * 2 ** Math.min(tries, 10));
  return Math.round(300 + random() * (most - 300));
}
