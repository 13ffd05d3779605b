// One sentence where it went wrong, with the way out as a button: fills #notice with the
// same markup as templates/conversations/_notice.html.

const place = () => document.getElementById("notice");

const button = (label, action) => {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button button-outline button-small";
  element.dataset.action = action;
  element.textContent = label;
  return element;
};

/** Shows `sentence`; `way` is "send-again", "reload" or nothing. `calm`: not an error. */
export function say(sentence, { way = "", calm = false } = {}) {
  const box = document.createElement("div");
  box.className = calm ? "notice" : "notice notice-bad";
  if (!calm) box.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = sentence;
  box.append(text);
  if (way) box.append(button(way === "reload" ? "Reload" : "Send again", way));
  place().replaceChildren(box);
}

export const hush = () => place().replaceChildren();

/** Takes back a remark that no longer holds; an error stays until the next try. */
export const hushCalm = () => place().querySelector(".notice:not(.notice-bad)")?.remove();

// A fragment is shown as it is. A whole page (a proxy's, a crash's, a CSRF refusal's) is not:
// its status code decides what we say instead.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400 || !/<(!doctype|html)/i.test(xhr.responseText.slice(0, 2000))) return;
  event.detail.shouldSwap = false;
  if (xhr.status === 403) {
    say("This page is out of date, so nothing was sent. What you wrote is kept.", { way: "reload" });
  } else if (xhr.status === 404) {
    say("This is no longer here: it was deleted, or you are signed in as someone else.", { way: "reload" });
  } else if (xhr.status === 429) {
    say("That was too quick. Wait a moment, then send again.", { way: "send-again" });
  } else {
    say("The server could not take this just now. Your text is still here.", { way: "send-again" });
  }
});

document.addEventListener("htmx:sendError", () => {
  say("The server could not be reached. Your text is still here.", { way: "send-again" });
});

document.addEventListener("click", (event) => {
  const action = event.target.closest("[data-action]")?.dataset.action;
  if (action === "dismiss") event.target.closest(".notice").remove();
  if (action === "reload") location.reload();
});
