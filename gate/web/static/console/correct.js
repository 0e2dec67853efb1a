// Correct the plate in its place: candidates of the real matching while one types, one key each.
import { send } from "../page.js";
import { day, hour, percent, t } from "../words.js";
import { bestPlate } from "./decision.js";
import { marked } from "./diff.js";
import { $, element, name } from "./dom.js";
import { stale, state } from "./live.js";

const { lane } = $("console").dataset;
const PAUSE_MS = 120;
const field = $("correct-plate");
let transit = "";
let found = [];
let timer = 0;
let asked = 0;

export const isCorrecting = () => !$("correct").hidden;

export function openCorrect() {
  transit = state.transit.id;
  const read = state.seen?.corrected || (bestPlate(state.captures, false)?.text ?? "");
  field.value = read;
  field.dataset.read = read;
  $("correct-problem").hidden = true;
  $("candidates").replaceChildren();
  $("correct").hidden = false;
  // With the list in focus a number chooses at once; any letter goes on into the field.
  $("candidates").focus();
  look("");
}

export function closeCorrect() {
  clearTimeout(timer);
  // A hidden field keeps the focus until the next frame, and would swallow the next key.
  if ($("correct").contains(document.activeElement)) document.activeElement.blur();
  $("correct").hidden = true;
}

async function look(plate) {
  const mine = (asked += 1);
  const query = new URLSearchParams({ transit, plate });
  try {
    const response = await fetch(`/lanes/${lane}/candidates?${query}`, { headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (mine !== asked || !isCorrecting()) return;
    if (!response.ok) throw new Error(answer.error);
    show(answer);
  } catch (error) {
    if (mine === asked) trouble(error instanceof TypeError ? t("No answer: the connection is lost.") : error.message);
  }
}

function show(answer) {
  $("correct-problem").hidden = true;
  found = answer.candidates;
  const rows = found.map((one, at) => {
    const text = element("span", null, { class: "text" }, ...(field.value ? marked(one.tractor, field.value.toUpperCase().replace(/[^\p{L}\p{N}?]/gu, "")) : [one.tractor]));
    const window = `${day(one.window_from)} ${hour(one.window_from)} – ${hour(one.window_to)}`;
    const more = [one.number, one.trailer && t("trailer {plate}", { plate: one.trailer }), one.firm, name("status", one.status), window].filter(Boolean).join(" · ");
    const button = element("button", null, { type: "button", "data-plate": one.tractor }, element("kbd", String(at + 1)), text,
      element("span", percent(one.probability, 2), { class: "share" }), element("small", more));
    button.addEventListener("click", () => pick(at));
    return element("li", null, {}, button);
  });
  $("candidates").replaceChildren(...rows);
  $("candidates-none").textContent = rows.length
    ? t("None of them: {share}", { share: percent(answer.none, 2) }) : t("No declaration is near this plate.");
}

function pick(at) {
  if (!found[at]) return;
  field.value = found[at].tractor;
  $("correct-do").focus();
  look(field.value);
}

function trouble(text) {
  $("correct-problem").textContent = text;
  $("correct-problem").hidden = false;
}

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => look(field.value), PAUSE_MS);
});

$("correct").addEventListener("keydown", (event) => {
  if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); closeCorrect(); return; }
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  const inField = event.target === field;
  if (digit && (event.altKey || !inField)) { event.preventDefault(); pick(Number(digit) - 1); return; }
  if (!inField && event.target.tagName !== "BUTTON" && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
    field.focus();
    field.select();
  }
});

$("correct").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (stale()) { trouble(t("Not possible: the connection is lost. Nothing was sent.")); return; }
  $("correct-do").disabled = true;
  try {
    await send(`/lanes/${lane}/acts`, { action: "correct_plate", transit, plate: field.value });
    closeCorrect();
  } catch (error) {
    trouble(error.status ? error.message : t("No answer: the connection is lost."));
  } finally {
    $("correct-do").disabled = false;
  }
});
$("correct-cancel").addEventListener("click", closeCorrect);
