// The whole picture: fitted into its frame, zoomed by wheel, keys and double click, moved by drag.
import { $ } from "./dom.js";

const SPACE = "http://www.w3.org/2000/svg";
const MOST = 12;
const STEP = 1.25;
const frame = $("frame");
const stage = $("stage");
const picture = $("picture");
const view = { scale: 1, x: 0, y: 0 };
let capture = null;
let drag = null;

const room = () => ({ w: frame.clientWidth, h: frame.clientHeight });

// Pixels of the screen a pixel of the picture has when the whole just fits.
function fit() {
  const { w, h } = room();
  return capture ? Math.min(w / capture.width, h / capture.height) : 1;
}

function place() {
  if (!capture) return;
  const { w, h } = room();
  const scale = fit() * view.scale;
  const width = capture.width * scale;
  const height = capture.height * scale;
  // Smaller than the frame: in the middle. Larger: never further than its own edge.
  const hold = (at, size, space) => (size <= space ? (space - size) / 2 : Math.min(0, Math.max(space - size, at)));
  view.x = hold(view.x, width, w);
  view.y = hold(view.y, height, h);
  stage.style.width = `${width}px`;
  stage.style.height = `${height}px`;
  stage.style.transform = `translate(${view.x}px, ${view.y}px)`;
}

// Zoom so that the point of the frame stays where it is.
function zoom(factor, at = { x: room().w / 2, y: room().h / 2 }) {
  const before = view.scale;
  view.scale = Math.min(MOST, Math.max(1, view.scale * factor));
  const grown = view.scale / before;
  view.x = at.x - (at.x - view.x) * grown;
  view.y = at.y - (at.y - view.y) * grown;
  place();
}

export const zoomIn = () => zoom(STEP);
export const zoomOut = () => zoom(1 / STEP);

export function whole() {
  Object.assign(view, { scale: 1, x: 0, y: 0 });
  place();
}

export function toPlate() {
  const box = capture?.readings.find((r) => r.box)?.box;
  if (!box) return;
  const { w, h } = room();
  const scale = Math.min((w * 0.8) / box.w, (h * 0.6) / box.h);
  view.scale = Math.min(MOST, Math.max(1, scale / fit()));
  const real = fit() * view.scale;
  view.x = w / 2 - (box.x + box.w / 2) * real;
  view.y = h / 2 - (box.y + box.h / 2) * real;
  place();
}

export function full() {
  const on = $("overview").classList.toggle("full");
  $("zoom-full").setAttribute("aria-pressed", String(on));
  place();
}
export const isFull = () => $("overview").classList.contains("full");

function boxes() {
  const drawing = $("boxes");
  drawing.setAttribute("viewBox", `0 0 ${capture.width} ${capture.height}`);
  const shapes = capture.readings.filter((r) => r.box).flatMap((reading) => ["under", ""].map((kind) => {
    const box = document.createElementNS(SPACE, "rect");
    for (const [name, value] of [["x", reading.box.x], ["y", reading.box.y], ["width", reading.box.w], ["height", reading.box.h], ["class", kind]]) box.setAttribute(name, value);
    return box;
  }));
  drawing.replaceChildren(...shapes);
}

export function show(next, words) {
  const same = next?.sha256 === capture?.sha256;
  capture = next ?? null;
  stage.hidden = !capture;
  if (!capture) return;
  if (!same) {
    picture.src = `/evidence/${capture.sha256}`;
    picture.alt = words;
    whole();
  }
  boxes();
  place();
}

frame.addEventListener("wheel", (event) => {
  event.preventDefault();
  const seat = frame.getBoundingClientRect();
  zoom(event.deltaY < 0 ? STEP : 1 / STEP, { x: event.clientX - seat.left, y: event.clientY - seat.top });
}, { passive: false });
frame.addEventListener("dblclick", () => (view.scale > 1.01 ? whole() : toPlate()));
frame.addEventListener("pointerdown", (event) => {
  drag = { x: event.clientX - view.x, y: event.clientY - view.y };
  frame.setPointerCapture(event.pointerId);
});
frame.addEventListener("pointermove", (event) => {
  if (!drag) return;
  view.x = event.clientX - drag.x;
  view.y = event.clientY - drag.y;
  place();
});
for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, () => { drag = null; });
frame.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
  if (!by) return;
  event.preventDefault();
  view.x += by[0];
  view.y += by[1];
  place();
});
$("zoom-in").addEventListener("click", zoomIn);
$("zoom-out").addEventListener("click", zoomOut);
$("zoom-whole").addEventListener("click", whole);
$("zoom-full").addEventListener("click", full);
new ResizeObserver(place).observe(frame);

function tone() {
  picture.style.filter = `brightness(${$("brightness").value}%) contrast(${$("contrast").value}%)`;
}
for (const id of ["brightness", "contrast"]) $(id).addEventListener("input", tone);
