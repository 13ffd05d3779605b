// One step larger or smaller: shown once the server has kept it.
import { say } from "./notice.js";

export async function step(way) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  const answer = await fetch("/display/reading/", { method: "POST", headers, body: new URLSearchParams({ step: way }) }).catch(() => null);
  if (!answer?.ok || !answer.headers.has("X-Text-Size")) return location.assign("/display/");
  document.documentElement.dataset.text = answer.headers.get("X-Text-Size");
  say(await answer.text(), { calm: true });
}
