// Lengths of time with their unit.
import { number, t } from "../words.js";

export function span(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 10) return t("{n} s", { n: number(seconds, 1) });
  if (seconds < 90) return t("{n} s", { n: number(seconds) });
  if (seconds < 5400) return t("{n} min", { n: number(seconds / 60, seconds < 600 ? 1 : 0) });
  return t("{n} h", { n: number(seconds / 3600, 1) });
}
