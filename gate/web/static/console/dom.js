// Small pieces that every part of the console builds with.
import { t } from "../words.js";

export const $ = (id) => document.getElementById(id);

export function element(tag, text, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside);
  return made;
}

// Change a text only where it differs: screen readers and selections are left alone.
export function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

// Who has the truck in hand; the lane itself where a doubt holds it and nobody in person does.
export const holder = (who) => (who === "the lane" ? t("the lane") : who);

const names = JSON.parse(document.getElementById("names")?.textContent ?? "{}");

// name("phase", "idle"): what a code is called in the page's language.
export const name = (group, code) => names[group]?.[code] ?? String(code ?? "").replaceAll("_", " ");
