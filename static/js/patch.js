// Makes one element look like another, and touches only what differs. A button that stays
// is the same button: a press whose finger is down meanwhile, a selection, the focus and
// what htmx knows of it are not lost.

/** Gives `known` the looks of `fresh`, which is used up. What `stays(node)` is the page's
 * own: it is kept behind what it stands behind. */
export function patch(known, fresh, stays) {
  for (const name of known.getAttributeNames()) {
    if (!fresh.hasAttribute(name) && name !== "aria-busy") known.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) if (known.getAttribute(name) !== value) known.setAttribute(name, value);
  let at = past(known.firstChild, stays);
  for (const child of [...fresh.childNodes]) {
    const same = twin(at, child, stays);
    if (!same) {
      known.insertBefore(child, at);
      continue;
    }
    while (at !== same) at = dropped(at, stays);
    if (same.nodeType !== Node.ELEMENT_NODE) same.data = child.data;
    else if (!same.isEqualNode(child)) patch(same, child, stays);
    at = past(same.nextSibling, stays);
  }
  while (at) at = dropped(at, stays);
}

const past = (node, stays) => {
  while (node && stays(node)) node = node.nextSibling;
  return node;
};

function dropped(node, stays) {
  const next = past(node.nextSibling, stays);
  node.remove();
  return next;
}

// Text belongs to what it stands beside: only elements are looked for further on, first
// one that is the same, then one that does the same.
function twin(at, child, stays) {
  if (child.nodeType !== Node.ELEMENT_NODE) return at?.nodeType === child.nodeType ? at : null;
  let alike = null;
  for (let node = at; node; node = past(node.nextSibling, stays)) {
    if (node.isEqualNode(child)) return node;
    if (!alike && node.nodeType === Node.ELEMENT_NODE && kindOf(node) === kindOf(child)) alike = node;
  }
  return alike;
}

const kindOf = ({ localName, classList, dataset = {} }) =>
  [localName, classList[0], dataset.verb, dataset.place, dataset.chip].join();
