// In which language something is written, as far as a voice needs to know: by its script,
// and among those in Latin letters by their commonest words.
const SCRIPTS = [
  ["ko", /\p{Script=Hangul}/gu],
  ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["zh", /\p{Script=Han}/gu],
  ["ru", /\p{Script=Cyrillic}/gu],
  ["el", /\p{Script=Greek}/gu],
  ["ar", /\p{Script=Arabic}/gu],
  ["he", /\p{Script=Hebrew}/gu],
  ["th", /\p{Script=Thai}/gu],
  ["hi", /\p{Script=Devanagari}/gu],
];
const COMMON = {
  en: "the and you that is was for with have it of to what not are",
  de: "der die das und ich ist nicht du ein eine mit wir sie auch es",
  fr: "le la les et je est pas vous une des que nous dans il tu",
  es: "el los las y es no que una por con para tu lo como está",
  it: "il che di non è una per sono con gli mi si della ti ho",
  pt: "o os que não uma com para você é em do da eu se mais",
  nl: "de het een en ik niet is dat je van met zijn voor maar",
};

/** Its two letters: "ko"; that of the page when nothing tells. */
export function languageOf(text) {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  for (const [language, script] of SCRIPTS) {
    // Names and code in Latin letters do not make a Korean sentence English.
    if ((text.match(script)?.length ?? 0) > letters / 4) return language;
  }
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const ranked = Object.entries(COMMON)
    .map(([language, common]) => [words.filter((word) => common.split(" ").includes(word)).length, language])
    .sort(([one], [other]) => other - one);
  return ranked[0][0] ? ranked[0][1] : pageLanguage();
}

/** That of the page; of the browser, if the page's is none. */
export const pageLanguage = () => (document.documentElement.lang || navigator.language).split("-")[0];
