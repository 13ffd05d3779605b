// The page "Display": a choice of text shows at once; voices and the language of dictation
// are the browser's, and kept by it; keys-edit.js changes the shortcuts.
import "./keys-edit.js";

const root = document.documentElement;
const LANGUAGES = ["en", "ko", "ja"];

document.querySelector("[data-reading]").addEventListener("change", (event) => {
  root.dataset[event.target.name === "text_size" ? "text" : "width"] = event.target.value;
});

function kept(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null; // storage switched off: nothing can be kept
  }
}

const primary = (tag) => tag.split(/[-_]/)[0].toLowerCase();
const first = [...new Set([root.lang, ...navigator.languages, ...LANGUAGES].map(primary))];

function nameOf(tag, language = root.lang) {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(tag.replace("_", "-"));
  } catch {
    return tag;
  }
}

function chosen() {
  try {
    return JSON.parse(kept("voices") ?? "{}");
  } catch {
    return {};
  }
}

function lineOf(language, voices, words) {
  const line = document.createElement("div");
  line.className = "voice-line";
  const label = document.createElement("label");
  const name = document.createElement("span");
  name.textContent = nameOf(language);
  const select = document.createElement("select");
  select.append(new Option(words.own, ""));
  for (const voice of voices) {
    const where = voice.localService ? "" : ` – ${words.remote}`;
    select.append(new Option(voice.name + where, voice.voiceURI));
  }
  select.value = chosen()[language] ?? "";
  if (select.selectedIndex < 0) select.value = ""; // a voice that is gone
  select.addEventListener("change", () => kept("voices", JSON.stringify({ ...chosen(), [language]: select.value })));
  label.append(name, select);
  const listen = document.createElement("button");
  listen.type = "button";
  listen.className = "button-quiet";
  listen.textContent = words.try;
  listen.setAttribute("aria-label", `${words.try}: ${name.textContent}`);
  const wanted = () => voices.find((each) => each.voiceURI === select.value) ?? voices.find((each) => each.localService);
  // A voice of a server is never the browser's "own choice" here: it would get the text.
  const enable = () => (listen.disabled = !wanted());
  select.addEventListener("change", enable);
  enable();
  listen.addEventListener("click", () => {
    const voice = wanted();
    speechSynthesis.cancel();
    const utterance = new SpeechSynthesisUtterance(nameOf(language, language));
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = Number(kept("read-rate")) || 1;
    speechSynthesis.speak(utterance);
  });
  line.append(label, listen);
  return line;
}

function showVoices() {
  const place = document.getElementById("voice-lines");
  const more = document.getElementById("voice-more");
  const byLanguage = new Map();
  for (const voice of speechSynthesis.getVoices()) {
    const language = primary(voice.lang);
    byLanguage.set(language, [...(byLanguage.get(language) ?? []), voice]);
  }
  const lines = (languages) => languages.filter((each) => byLanguage.has(each)).map((each) => lineOf(each, byLanguage.get(each), place.dataset));
  const others = [...byLanguage.keys()].filter((each) => !first.includes(each)).sort();
  place.replaceChildren(...lines(first));
  more.querySelector("div").replaceChildren(...lines(others));
  more.hidden = others.length === 0;
}

if ("speechSynthesis" in window) {
  document.getElementById("voices").hidden = false;
  const auto = document.getElementById("read-auto");
  auto.checked = kept("read-auto") === "yes";
  auto.addEventListener("change", () => kept("read-auto", auto.checked ? "yes" : "no"));
  const rate = document.getElementById("read-rate");
  rate.value = kept("read-rate") ?? "1";
  if (rate.selectedIndex < 0) rate.value = "1";
  rate.addEventListener("change", () => kept("read-rate", rate.value));
  showVoices();
  speechSynthesis.addEventListener?.("voiceschanged", showVoices);
}

if ("SpeechRecognition" in window || "webkitSpeechRecognition" in window) {
  document.getElementById("dictation").hidden = false;
  const language = document.getElementById("dictation-language");
  const regions = ["en-US", "en-GB", "ko-KR", "ja-JP"];
  for (const tag of new Set([...navigator.languages, ...regions])) language.append(new Option(nameOf(tag), tag));
  language.value = kept("dictation-language") ?? "";
  if (language.selectedIndex < 0) language.value = "";
  language.addEventListener("change", () => kept("dictation-language", language.value));
}
