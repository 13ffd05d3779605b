// Run by tests/scenarios/test_scripts.py in a browser; also: node --test tests/js/*.test.mjs
import assert from "node:assert/strict";
import test from "node:test";

const listeners = {};
let keys = "send=Enter memory=m stop=Mod+. help=? equals==";
const page = {
  body: { dataset: { get keys() { return keys; } } },
  documentElement: { lang: "en" },
  addEventListener: (name, listener) => { listeners[name] = listener; },
  querySelector: () => null,
};
const device = { platform: "Linux x86_64", language: "en-US", languages: ["en-US"] };
Object.defineProperty(globalThis, "document", { value: page, configurable: true });
Object.defineProperty(globalThis, "navigator", { value: device, configurable: true });

const { actionOf, combo } = await import("../../static/js/keys.js");
device.platform = "MacIntel";
const mac = await import("../../static/js/keys.js?mac");
const { languageOf } = await import("../../static/js/languages.js");

const pressed = (key, code, held = {}) => ({
  key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false,
  getModifierState: (name) => name === held.state,
  ...held,
});

test("keys are written as the server writes them", () => {
  assert.equal(combo(pressed("k", "KeyK")), "k");
  assert.equal(combo(pressed("K", "KeyK", { shiftKey: true })), "Shift+k");
  assert.equal(combo(pressed("K", "KeyK", { ctrlKey: true, shiftKey: true })), "Mod+Shift+k");
  assert.equal(combo(pressed("?", "Slash", { shiftKey: true })), "?");
  assert.equal(combo(pressed("ArrowUp", "ArrowUp", { altKey: true })), "Alt+ArrowUp");
  assert.equal(combo(pressed(" ", "Space")), "Space");
});

test("modifiers alone, and the key of the system, are nothing", () => {
  assert.equal(combo(pressed("Shift", "ShiftLeft", { shiftKey: true })), "");
  assert.equal(combo(pressed("m", "KeyM", { metaKey: true })), "");
  assert.equal(combo(pressed("Escape", "Escape")), "");
});

test("another alphabet does not change which key is meant", () => {
  assert.equal(combo(pressed("ㅡ", "KeyM")), "m");
  assert.equal(combo(pressed("ь", "KeyM", { ctrlKey: true })), "Mod+m");
});

test("what AltGr makes is a character and no combination", () => {
  const at = pressed("@", "KeyQ", { ctrlKey: true, altKey: true, state: "AltGraph" });
  assert.equal(combo(at), "@");
});

test("on a Mac, Cmd is Mod, Ctrl is itself, and Option makes no other letter", () => {
  assert.equal(mac.combo(pressed("k", "KeyK", { metaKey: true })), "Mod+k");
  assert.equal(mac.combo(pressed("k", "KeyK", { ctrlKey: true })), "Ctrl+k");
  assert.equal(mac.combo(pressed("®", "KeyR", { altKey: true })), "Alt+r");
});

test("an action is found by its keys, not while an input method composes", () => {
  assert.equal(actionOf(pressed("m", "KeyM")), "memory");
  assert.equal(actionOf(pressed("=", "Equal")), "equals");
  assert.equal(actionOf(pressed("x", "KeyX")), "");
  assert.equal(actionOf({ ...pressed("Enter", "Enter"), isComposing: true }), "");
  keys = undefined; // a page of nobody's
  assert.equal(actionOf(pressed("Enter", "Enter")), "send");
});

test("a language is known by its script or its commonest words", () => {
  assert.equal(languageOf("비 오는 날에는 Mara와 산책을 해요."), "ko");
  assert.equal(languageOf("雨の日は散歩します。"), "ja");
  assert.equal(languageOf("下雨天我去散步。"), "zh");
  assert.equal(languageOf("Ich gehe mit dem Hund, und es ist nicht kalt."), "de");
  assert.equal(languageOf("It is raining, and the dog is not amused."), "en");
  assert.equal(languageOf("Hm."), "en");
});
