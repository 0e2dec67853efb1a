// Pictures of the transit: the chosen one whole with its plate boxes, and a crop of each plate.
const $ = (id) => document.getElementById(id);
let shown = "";
let chosen = "";

export function drawPictures(transit) {
  const captures = transit?.captures ?? [];
  const key = JSON.stringify([transit?.id, captures.map((c) => [c.id, c.status])]);
  if (key === shown) return;
  shown = key;
  if (!captures.some((c) => c.id === chosen)) {
    chosen = (captures.find((c) => c.role === "front") ?? captures[0])?.id ?? "";
  }
  drawOverview(captures.find((c) => c.id === chosen));
  $("crops").replaceChildren(...captures.map((capture) => crop(capture, captures)));
}

function drawOverview(capture) {
  const frame = $("frame");
  if (!capture) {
    const empty = document.createElement("p");
    empty.className = "empty";
    empty.textContent = "No vehicle at the lane.";
    frame.replaceChildren(empty);
    $("overview-caption").textContent = "";
    return;
  }
  const link = document.createElement("a");
  link.href = `/evidence/${capture.sha256}`;
  link.target = "_blank";
  link.rel = "noopener";
  const picture = new Image();
  picture.src = link.href;
  picture.alt = `${capture.role} picture`;
  link.append(picture, boxes(capture));
  frame.replaceChildren(link);
  $("overview-caption").textContent =
    `${capture.role}, ${new Date(capture.received_at).toLocaleTimeString("en-GB")}, sha256 ${capture.sha256.slice(0, 16)}…`;
}

function boxes(capture) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", `0 0 ${capture.width} ${capture.height}`);
  for (const reading of capture.readings) {
    const box = document.createElementNS(space, "rect");
    for (const [name, value] of [["x", reading.box.x], ["y", reading.box.y], ["width", reading.box.w], ["height", reading.box.h]]) box.setAttribute(name, value);
    drawing.append(box);
  }
  return drawing;
}

function crop(capture, captures) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", String(capture.id === chosen));
  const canvas = document.createElement("canvas");
  canvas.width = 260;
  canvas.height = 90;
  const reading = capture.readings[0];
  const words = document.createElement("span");
  words.textContent = reading
    ? `${capture.role}: ${reading.display} ${(reading.confidence * 100).toFixed(1)} %`
    : `${capture.role}: ${capture.status === "pending" ? "being read…" : capture.failure_text || capture.failure}`;
  button.append(canvas, words);
  button.addEventListener("click", () => { chosen = capture.id; shown = ""; drawPictures({ id: "again", captures }); });
  item.append(button);
  const picture = new Image();
  picture.addEventListener("load", () => drawCrop(canvas, picture, reading?.box));
  picture.src = `/evidence/${capture.sha256}`;
  return item;
}

function drawCrop(canvas, picture, box) {
  const context = canvas.getContext("2d");
  const whole = { x: 0, y: 0, w: picture.naturalWidth, h: picture.naturalHeight };
  const from = box ? { x: box.x - box.w * 0.15, y: box.y - box.h * 0.25, w: box.w * 1.3, h: box.h * 1.5 } : whole;
  const scale = Math.min(canvas.width / from.w, canvas.height / from.h);
  const w = from.w * scale;
  const h = from.h * scale;
  context.drawImage(picture, from.x, from.y, from.w, from.h, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
}

function tone() {
  $("frame").style.filter = `brightness(${$("brightness").value}%) contrast(${$("contrast").value}%)`;
}
for (const id of ["brightness", "contrast"]) $(id).addEventListener("input", tone);
