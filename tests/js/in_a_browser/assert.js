// What the tests here need of "node:assert/strict", for a browser.
const shown = (value) => JSON.stringify(value) ?? String(value);

function same(one, other) {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && same(one[key], other[key]));
}

function hold(holds, told) {
  if (!holds) throw new Error(told);
}

export default {
  ok: (value) => hold(value, `${shown(value)} does not hold`),
  equal: (one, other) => hold(Object.is(one, other), `${shown(one)} is not ${shown(other)}`),
  deepEqual: (one, other) => hold(same(one, other), `${shown(one)} is not like ${shown(other)}`),
};
