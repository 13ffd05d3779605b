// What the tests here need of "node:test", for a browser: tests by name, run in order.
const found = [];

export default (name, run) => found.push([name, run]);

/** Runs all of them: [name, ""] for one that holds, [name, problem] else. */
export async function results() {
  const told = [];
  for (const [name, run] of found) {
    try {
      await run();
      told.push([name, ""]);
    } catch (error) {
      told.push([name, String(error?.stack ?? error)]);
    }
  }
  return told;
}
