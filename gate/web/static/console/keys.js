// Everything by keyboard: one table of keys, which is also what the help shows.
import { t } from "../words.js";
import { ask } from "./acts.js";
import { acknowledgeFirst, neighbour, nextWaiting } from "./board.js";
import { isCorrecting } from "./correct.js";
import { openMenu } from "./bar.js";
import { $, element } from "./dom.js";
import { askMode } from "./mode.js";
import { nextPicture } from "./pictures.js";
import { full, isFull, toPlate, whole, zoomIn, zoomOut } from "./zoom.js";

const go = (path) => { if (path) location.href = path; };
const acts = $("console").dataset.acts === "yes";
const toLane = (lane) => go(lane && `/lanes/${lane}`);

export const KEYS = [
  ...(acts ? [
    ["r", t("Release"), () => ask("release")],
    ["o", t("Override the rules"), () => ask("override")],
    ["h", t("Hold"), () => ask("hold")],
    ["f", t("Refer to inspection"), () => ask("refer")],
    ["c", t("Correct the plate"), () => ask("correct_plate")],
    ["b", t("Turn back"), () => ask("turn_back")],
    ["2", t("Call a second officer"), () => ask("call")],
    ["x", t("Reset the fault"), () => ask("reset")],
    ["a", t("Acknowledge the first alarm"), acknowledgeFirst],
    ["m", t("Mode: by machine, by hand, closed"), askMode],
    ["s", t("Shift: take or hand over"), () => go("/shift")],
  ] : []),
  ["n", t("To the truck that waits longest"), () => toLane(nextWaiting())],
  ["[", t("Lane before"), () => toLane(neighbour(-1))],
  ["]", t("Next lane"), () => toLane(neighbour(1))],
  ["i", t("Inspections"), () => go("/inspections")],
  ["z", t("Zoom to the plate"), toPlate],
  ["+", t("Zoom in"), zoomIn],
  ["-", t("Zoom out"), zoomOut],
  ["0", t("Whole picture"), whole],
  ["v", t("Full size and back"), full],
  ["p", t("Next picture"), nextPicture],
  ["g", t("Menu: other pages, language, account"), openMenu],
  ["l", t("Lock this screen"), () => $("lock").click()],
  ["?", t("This help"), help],
];

function help() {
  const rows = KEYS.map(([key, words]) => element("div", null, {}, element("kbd", key.toUpperCase()), element("span", words)));
  $("help-keys").replaceChildren(...rows);
  $("help").showModal();
}
$("show-help").addEventListener("click", help);

document.addEventListener("keydown", (event) => {
  // A key that is held down, or meant for a field, a dialog or the browser, does nothing here.
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]") || isCorrecting()) return;
  if (["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName) && event.target.type !== "range") return;
  if (event.key === "Escape" && isFull()) { full(); return; }
  const found = KEYS.find(([key]) => key === event.key.toLowerCase());
  if (!found) return;
  event.preventDefault();
  found[2]();
});
