// All pictures of the transit as crops of what was read; the chosen one is shown whole.
import { clock, percent, t } from "../words.js";
import { $, element, name, write } from "./dom.js";
import { on, state } from "./live.js";
import { show as showWhole, toPlate } from "./zoom.js";

const CROP = { width: 300, height: 96 };
const items = new Map();
let chosen = "";
let picked = false;
let transit = "";

export const boxOf = (capture) => capture?.readings.find((r) => r.box)?.box;

function words(capture) {
  const camera = name("camera", capture.role);
  const best = capture.readings[0];
  if (best) return `${camera}: ${best.kind === "plate" ? best.display : best.text.split("|")[0]} ${percent(best.confidence)}`;
  return `${camera}: ${name("failure", capture.status === "pending" ? "pending" : capture.failure)}`;
}

function drawCrop(canvas, picture, box) {
  const context = canvas.getContext("2d");
  const whole = { x: 0, y: 0, w: picture.naturalWidth, h: picture.naturalHeight };
  const from = box ? { x: box.x - box.w * 0.12, y: box.y - box.h * 0.25, w: box.w * 1.24, h: box.h * 1.5 } : whole;
  const scale = Math.min(canvas.width / from.w, canvas.height / from.h);
  const w = from.w * scale;
  const h = from.h * scale;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, from.x, from.y, from.w, from.h, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
}

function make(capture) {
  const canvas = element("canvas", null, { ...CROP, "aria-hidden": "true" });
  const text = element("span");
  const button = element("button", null, { type: "button" }, canvas, text);
  button.addEventListener("click", () => { picked = true; choose(capture.id); });
  const picture = new Image();
  picture.src = `/evidence/${capture.sha256}`;
  const item = { row: element("li", null, {}, button), button, canvas, text, picture, drawn: "" };
  picture.addEventListener("load", () => fill(item, (state.captures ?? []).find((c) => c.id === capture.id) ?? capture));
  return item;
}

function fill(item, capture) {
  write(item.text, words(capture));
  item.text.title = item.text.textContent;
  item.button.setAttribute("aria-pressed", String(capture.id === chosen));
  const box = boxOf(capture);
  const key = JSON.stringify(box ?? "whole");
  if (item.picture.complete && item.picture.naturalWidth && item.drawn !== key) {
    item.drawn = key;
    drawCrop(item.canvas, item.picture, box);
  }
}

function choose(id) {
  chosen = id;
  draw(state);
}

export function nextPicture() {
  const captures = state.captures ?? [];
  if (!captures.length) return;
  picked = true;
  choose(captures[(captures.findIndex((c) => c.id === chosen) + 1) % captures.length].id);
}

function draw(s) {
  const captures = s.captures ?? [];
  if ((s.transit?.id ?? "") !== transit) {
    transit = s.transit?.id ?? "";
    picked = false;
    items.clear();
    $("crops").replaceChildren();
  }
  if (!picked || !captures.some((c) => c.id === chosen)) {
    chosen = (captures.find((c) => c.role === "overview") ?? captures.find((c) => c.role === "front") ?? captures[0])?.id ?? "";
  }
  for (const capture of captures) {
    if (!items.has(capture.id)) {
      items.set(capture.id, make(capture));
      $("crops").append(items.get(capture.id).row);
    }
    fill(items.get(capture.id), capture);
  }
  drawWhole(captures.find((c) => c.id === chosen));
}

function drawWhole(capture) {
  showWhole(capture, capture ? t("{camera} picture", { camera: name("camera", capture.role) }) : "");
  $("no-picture").hidden = Boolean(capture);
  write($("overview-caption"), capture
    ? [name("camera", capture.role), clock(capture.received_at), `SHA-256 ${capture.sha256}`].join(" · ") : "");
}

$("next-picture").addEventListener("click", nextPicture);
$("zoom-plate").addEventListener("click", toPlate);
on(["captures", "transit"], draw);
