// One sentence where it went wrong, with the way out as a button: in the message that it is
// about, else above the composer. Same markup as templates/conversations/_notice.html.
import { phrase } from "./phrase.js";

const page = () => document.getElementById("notice");
const failed = new WeakMap(); // place -> what "Send again" or "Try again" there presses

/** Where a remark about `element` belongs. */
function placeOf(element) {
  const main =
    element?.closest?.("[data-atom], [data-notices]") ??
    element?.closest?.(".message")?.querySelector(".message-main");
  if (!main) return page();
  let place = main.querySelector(":scope > .message-notice");
  if (!place) {
    place = document.createElement("div");
    place.className = "message-notice";
    place.setAttribute("role", "status");
    main.append(place);
  }
  return place;
}

const LABELS = {
  reload: () => phrase("Reload"),
  "send-again": () => phrase("Send again"),
  "try-again": () => phrase("Try again"),
};

const button = (action) => {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button button-outline button-small";
  element.dataset.action = action;
  element.textContent = LABELS[action]();
  return element;
};

/** Shows `sentence` where `at` is; `way` is a key of LABELS or nothing. `calm`: no error. */
export function say(sentence, { way = "", calm = false, at = null } = {}) {
  const box = document.createElement("div");
  box.className = calm ? "notice" : "notice notice-bad";
  if (!calm) box.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = sentence;
  box.append(text);
  if (way) box.append(button(way));
  placeOf(at).replaceChildren(box);
}

export const hush = (at) => placeOf(at).replaceChildren();

/** Takes back remarks that no longer hold; an error stays until the next try. */
export function hushCalm(root = document) {
  for (const calm of root.querySelectorAll(":is(#notice, .message-notice) > .notice:not(.notice-bad)")) {
    calm.remove();
  }
}

// A fragment is shown as it is. A whole page (a proxy's, a crash's, a CSRF refusal's) is not:
// its status code decides what we say instead.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status < 400) return;
  const at = requestConfig.elt;
  const isPage = /<(!doctype|html)/i.test(xhr.responseText.slice(0, 2000));
  const atom = at.closest("[data-atom], .told");
  if (atom && !isPage) {
    event.detail.target = atom; // the memory in place, with the sentence in it
    event.detail.swapOverride = "outerHTML";
    return;
  }
  const writes = at.matches("form");
  const way = writes ? "send-again" : "try-again";
  failed.set(placeOf(at), at);
  event.detail.target = placeOf(at); // the server says #notice: it does not know the page
  if (!isPage) return;
  event.detail.shouldSwap = false;
  if (xhr.status === 403) {
    say(writes ? phrase("This page is out of date, so nothing was sent. What you wrote is kept.") : phrase("This page is out of date, so nothing was sent."), { way: "reload", at });
  } else if (xhr.status === 404) {
    say(phrase("This is no longer here: it was deleted, or you are signed in as someone else."), { way: "reload", at });
  } else if (xhr.status === 429) {
    say(phrase("That was too quick. Wait a moment, then try again."), { way, at });
  } else {
    say(writes ? phrase("The server could not take this just now. Your text is still here.") : phrase("The server could not take this just now."), { way, at });
  }
});

document.addEventListener("htmx:sendError", ({ detail: { requestConfig: { elt: at } } }) => {
  const writes = at.matches("form");
  failed.set(placeOf(at), at);
  say(writes ? phrase("The server could not be reached, so this was not sent. Your text is still here.") : phrase("The server could not be reached."), {
    way: writes ? "send-again" : "try-again", at,
  });
});

document.addEventListener("click", (event) => {
  const action = event.target.closest("[data-action]");
  const place = action?.closest("#notice, .message-notice");
  switch (action?.dataset.action) {
    case "dismiss":
      action.closest(".notice").remove();
      break;
    case "reload":
      location.reload();
      break;
    case "send-again":
    case "try-again": {
      const again = failed.get(place);
      if (again?.matches("form")) again.requestSubmit();
      else again?.click();
    }
  }
});
