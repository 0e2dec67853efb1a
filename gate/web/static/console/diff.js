// Which characters of two texts differ: the shortest way from one to the other, by edit distance.
import { t } from "../words.js";
import { element } from "./dom.js";

// Pairs [seen, declared]; an empty text stands for a character that one of them lacks.
export function align(seen, declared) {
  const a = [...seen];
  const b = [...declared];
  const cost = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => (i && j ? 0 : i + j)));
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      cost[i][j] = Math.min(cost[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1), cost[i - 1][j] + 1, cost[i][j - 1] + 1);
    }
  }
  const pairs = [];
  let i = a.length;
  let j = b.length;
  while (i || j) {
    if (i && j && cost[i][j] === cost[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)) pairs.unshift([a[(i -= 1)], b[(j -= 1)]]);
    else if (i && cost[i][j] === cost[i - 1][j] + 1) pairs.unshift([a[(i -= 1)], ""]);
    else pairs.unshift(["", b[(j -= 1)]]);
  }
  return pairs;
}

// A text with the characters marked that are not as declared, and the same in words for readers.
export function marked(seen, declared) {
  const pairs = align(seen, declared);
  const shown = element("span", null, { "aria-hidden": "true" });
  const words = [];
  pairs.forEach(([mine, other], at) => {
    if (mine === other) { shown.append(mine); return; }
    shown.append(mine ? element("mark", mine) : element("span", "‸", { class: "missing-char" }));
    if (mine && other) words.push(t("place {n}: {seen} instead of {declared}", { n: at + 1, seen: mine, declared: other }));
    else if (mine) words.push(t("place {n}: {seen} too many", { n: at + 1, seen: mine }));
    else words.push(t("place {n}: {declared} is missing", { n: at + 1, declared: other }));
  });
  const told = element("span", [seen, ...words].join("; "), { class: "for-readers" });
  return [shown, told];
}
