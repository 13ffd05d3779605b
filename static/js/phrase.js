// What the scripts say, in the language of the page. The page brings the sentences that its
// scripts have (templatetags/words.py); English is in the scripts themselves.

function translated(english) {
  for (const block of document.querySelectorAll("script.words")) {
    const said = JSON.parse(block.textContent)[english];
    if (said) return said;
  }
  return english;
}

/** The sentence, with `%(name)s` filled in. */
export function phrase(english, values = {}) {
  return translated(english).replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
}

/** The same for one or for many: the values have their number as `n`. */
export function phraseOf(n, one, many, values = {}) {
  return phrase(n === 1 ? one : many, { n: n.toLocaleString(document.documentElement.lang), ...values });
}
