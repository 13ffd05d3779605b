// Sends cards one by one as they are chosen, dropped or pasted: a report stands there for each
// as soon as it was read, and one that fails keeps none of the others waiting.

const AT_ONCE = 2; // as many as the server decodes at once

const form = document.querySelector("[data-bring]");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector("[data-drop]");
const box = form.querySelector("textarea");
const reports = document.querySelector("[data-reports]");
const progress = document.querySelector("[data-progress]");
const told = document.querySelector("[data-told]");
const said = form.dataset;

const waiting = [];
let [done, all, sending] = [0, 0, 0];

function take(files) {
  for (const file of files) {
    waiting.push(file);
    all += 1;
  }
  while (sending < AT_ONCE && waiting.length) next();
  show();
}

async function next() {
  const file = waiting.shift();
  if (!file) return;
  sending += 1;
  try {
    if (file.size > Number(said.mostBytes)) refuse(file, said.saidTooLarge);
    else await send(file);
  } catch {
    refuse(file, said.saidUnsent, true);
  }
  sending -= 1;
  done += 1;
  show();
  next();
}

async function send(file) {
  const body = new FormData(form);
  body.delete("cards");
  body.delete("pasted");
  body.append("cards", file, file.name);
  // HX-Request: the answer is the report alone.
  const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  add(new DOMParser().parseFromString(await answer.text(), "text/html").body.children);
}

function refuse(file, sentence, again = false) {
  const row = document.createElement("li");
  row.className = "report report-refused";
  const text = document.createElement("div");
  text.className = "report-text";
  text.append(line("report-title", file.name), line("report-problem", sentence));
  row.append(text);
  if (again) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-outline button-small";
    button.textContent = said.saidAgain;
    button.addEventListener("click", () => {
      row.remove();
      take([file]);
    });
    row.append(button);
  }
  add([row]);
}

function line(name, text) {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = text;
  return element;
}

/** The newest report stands first. */
function add(rows) {
  reports.closest("[data-reports-section]").hidden = false;
  reports.prepend(...rows);
}

function show() {
  const bar = progress.querySelector("progress");
  progress.hidden = !all;
  [bar.max, bar.value] = [all, done];
  const counted = said.saidOf.replace("%n", done).replace("%m", all);
  progress.querySelector("[data-count]").textContent = counted;
  if (done < all) return;
  told.textContent = counted;
  [done, all] = [0, 0];
}

input.addEventListener("change", () => {
  take([...input.files]);
  input.value = "";
});

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // else the browser opens the file instead of this page
    drop.classList.add("is-over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("is-over");
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  drop.classList.remove("is-over");
  take([...event.dataTransfer.files]);
});

document.addEventListener("paste", (event) => {
  if (event.target === box) return; // there one sees what was pasted, and sends it oneself
  const files = [...event.clipboardData.files];
  const text = event.clipboardData.getData("text/plain").trim();
  if (files.length) take(files);
  else if (text.startsWith("{")) take([pasted(text)]);
  else if (text) refuse({ name: said.saidClipboard }, said.saidNoCard);
});

// With the script, what is sent by the form is only what stands in the box.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (!text) return box.focus();
  take([pasted(text)]);
  box.value = "";
});

function pasted(text) {
  return new File([text], said.saidPasted, { type: "application/json" });
}

window.addEventListener("beforeunload", (event) => {
  if (done < all) event.preventDefault(); // leaving now would leave files behind
});
