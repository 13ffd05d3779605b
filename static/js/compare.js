// Two answers side by side, as they are written: on the comparison page, and at "Show
// without memory" in a turn's record. The socket brings words; nothing is kept anywhere.
import { phrase } from "./phrase.js";

class Comparison {
  #socket = null;

  constructor(root, { onEnd = () => {} } = {}) {
    this.root = root;
    this.stopButton = root.querySelector("[data-stop]");
    this.problem = root.querySelector("[data-problem]");
    this.place = root.querySelector("[data-comparison]");
    this.onEnd = onEnd;
    this.stopButton.addEventListener("click", () => this.#stop());
  }

  begin(frame) {
    this.problem.textContent = "";
    this.#clear();
    this.busy(true);
    const socket = new WebSocket(address());
    this.#socket?.close();
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(frame));
    socket.onmessage = (event) => this.#socket === socket && this.#take(JSON.parse(event.data));
    socket.onclose = (event) => this.#socket === socket && this.#lost(event.code);
  }

  close() {
    this.#socket?.close();
  }

  busy(is) {
    this.root.setAttribute("aria-busy", is);
    this.stopButton.hidden = !is;
    if (!is) this.onEnd();
  }

  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #stop() {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.CONNECTING) return this.#send({ kind: "stop" });
    socket.onopen = () => socket.close(); // nothing was asked yet
    this.#socket = null;
    this.busy(false);
  }

  #take(frame) {
    const part = (name) => this.place.querySelector(`[data-side="${frame.side}"] [data-part="${name}"]`);
    switch (frame.kind) {
      case "begun":
        this.place.hidden = false;
        this.place.scrollIntoView({ block: "start" });
        break;
      case "text":
        part("text").append(frame.text);
        part("state").textContent = phrase("writing…");
        break;
      case "note":
        part("note").textContent = frame.text;
        part("note").hidden = false;
        break;
      case "notes":
        part("notes").replaceChildren(...frame.notes.map(note));
        break;
      case "ended":
        part("state").textContent = frame.problem || "";
        this.#cost(part("cost"), frame.cost);
        break;
      case "compared":
        for (const side of ["with", "without"]) {
          this.place.querySelector(`[data-side="${side}"] [data-part="text"]`).innerHTML = frame[side];
        }
        break;
      case "refused":
        this.problem.textContent = frame.text;
        break;
      case "over":
        this.#over();
    }
  }

  #cost(place, cost) {
    const about = (n) => (cost.estimated ? phrase("about %(n)s", { n: counted(n) }) : counted(n));
    const ms = (value) => (value === null ? "–" : `${counted(Math.round(value))} ms`);
    const words = {
      read: about(cost.prompt_tokens),
      wrote: about(cost.completion_tokens),
      recall: ms(cost.recall_ms),
      first: ms(cost.first_ms),
      total: ms(cost.total_ms),
      model: cost.model,
    };
    for (const [name, value] of Object.entries(words)) place.querySelector(`[data-cost="${name}"]`).textContent = value;
    place.dataset.tokens = cost.prompt_tokens + cost.completion_tokens;
    place.hidden = false;
  }

  #over() {
    const [first, second] = ["with", "without"].map((side) =>
      Number(this.place.querySelector(`[data-side="${side}"] [data-part="cost"]`).dataset.tokens),
    );
    if (first && second) {
      const more = first - second;
      const n = counted(Math.abs(more));
      this.place.querySelector('[data-part="sum"]').textContent = more === 0
        ? phrase("Both answers took as many tokens. Nothing of this was kept.")
        : more > 0
        ? phrase("With memory the answer took %(n)s tokens more. Words that the other answer has not are marked. Nothing of this was kept.", { n })
        : phrase("With memory the answer took %(n)s tokens fewer. Words that the other answer has not are marked. Nothing of this was kept.", { n });
    }
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.busy(false);
  }

  #lost(code) {
    this.#socket = null;
    this.problem.textContent =
      code === 4401 || code === 4403
        ? phrase("You are signed out. Reload the page to sign in.")
        : phrase("The connection broke, and the comparison ended. Try again.");
    this.busy(false);
  }

  #clear() {
    for (const name of ["text", "notes", "state", "note"]) {
      for (const part of this.place.querySelectorAll(`[data-part="${name}"]`)) part.replaceChildren();
    }
    for (const part of this.place.querySelectorAll('[data-part="cost"], [data-part="note"]')) part.hidden = true;
    for (const part of this.place.querySelectorAll('[data-part="cost"]')) delete part.dataset.tokens;
    this.place.querySelector('[data-part="sum"]').textContent = "";
  }
}

const counted = (n) => n.toLocaleString(document.documentElement.lang);

function address() {
  const there = new URL("/ws/compare/", location.href);
  there.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return there;
}

function note([content, used]) {
  const item = document.createElement("li");
  item.classList.toggle("is-used", used);
  const icon = document.createElement("span");
  icon.className = "icon icon-memory";
  icon.ariaHidden = "true";
  const words = document.createElement("span");
  words.textContent = content + (used ? "" : ` ${phrase("(in the prompt, not used)")}`);
  item.append(icon, words);
  return item;
}

const form = document.querySelector("[data-ask]");
if (form) {
  const submit = form.querySelector('[type="submit"]');
  const comparison = new Comparison(form.parentElement, { onEnd: () => (submit.disabled = false) });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    comparison.begin({ kind: "ask", id: form.elements.whom.value, text: form.elements.text.value });
  });
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

// A turn's record comes and goes with its sheet.
const again = new WeakMap();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-again]");
  if (!button) return;
  const root = button.closest(".again");
  const comparison = again.get(root) ?? new Comparison(root, { onEnd: () => (button.disabled = false) });
  again.set(root, comparison);
  button.disabled = true;
  comparison.begin({ kind: "again", id: button.dataset.again });
});

document.getElementById("turn")?.addEventListener("close", () => {
  const root = document.querySelector("#turn .again");
  again.get(root)?.close();
});
