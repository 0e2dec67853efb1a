// Elements made of text, never of markup; and parts that are only touched when they change.
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((one) => one !== null && one !== undefined && one !== ""));
  return element;
}

const painted = new Map();

// Call paint(element) only where data differ from what was painted there: nothing moves under the hand.
export function when(id, data, paint) {
  const text = JSON.stringify(data);
  if (painted.get(id) === text) return;
  painted.set(id, text);
  paint(document.getElementById(id));
}

export const codes = JSON.parse(document.getElementById("codes").textContent);
export const told = (table, code) => codes[table][code] ?? code.replaceAll("_", " ");
export const SHAPES = { go: "▲", hold: "■", stop: "◆", fault: "!", calm: "○" };

const drill = document.getElementById("live").dataset.drill === "yes";

// The text as a link to its transits, for those who may see them.
export function link(text, query) {
  return drill ? h("a", { href: `/operations/transits?${new URLSearchParams(query)}` }, text) : text;
}
