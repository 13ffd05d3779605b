// What a person has put into a form's fields, as plain words: read out, and put back.
const OWN = ["number", "csrfmiddlewaretoken", "key"]; // the page's, not the person's

const isTheirs = ({ name, type }) =>
  name && !OWN.includes(name) && !["file", "submit", "button"].includes(type);
const isTicked = ({ type }) => ["checkbox", "radio"].includes(type);

/** The form's words, in order: the same name may stand there several times. */
export const written = (form) =>
  [...form.elements]
    .filter((field) => isTheirs(field) && (!isTicked(field) || field.checked))
    .map(({ name, value }) => [name, value]);

/** Puts words that were read out of this form back in. */
export function fill(form, words) {
  const left = new Map();
  for (const [name, value] of words) left.set(name, [...(left.get(name) ?? []), value]);
  form.dispatchEvent(new CustomEvent("kept:lists", { detail: left }));
  for (const field of [...form.elements].filter(isTheirs)) {
    const values = left.get(field.name) ?? [];
    if (isTicked(field)) field.checked = values.includes(field.value);
    else if (values.length) field.value = values.shift();
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}
