// The stream: parts of the page as they change, and what the page does while nothing is heard.
import { checkSession } from "../page.js";
import { clock, t } from "../words.js";
import { $, write } from "./dom.js";

const STALE_MS = 3000;
const AGAIN_MS = 2000;
export const state = {};
const parts = new Map();
let heard = Date.now();
let last = "";
let ahead = 0;

// on(["alarms"], (state) => ...): called whenever one of the named parts has changed.
export function on(names, show) {
  parts.set(show, names);
}

export const stale = () => Date.now() - heard > STALE_MS;
// The time by the gate's clock: this machine's may be wrong.
export const now = () => Date.now() + ahead;

function take(event) {
  heard = Date.now();
  last = event.lastEventId || last;
  const changed = JSON.parse(event.data);
  Object.assign(state, changed);
  for (const [show, names] of parts) if (names.some((one) => one in changed)) show(state);
  document.dispatchEvent(new CustomEvent("shown", { detail: changed }));
}

function listen(path) {
  const source = new EventSource(path);
  source.addEventListener("parts", take);
  source.addEventListener("beat", (event) => {
    heard = Date.now();
    ahead = JSON.parse(event.data).now * 1000 - heard;
  });
  source.addEventListener("trouble", () => {
    heard = Date.now();
    document.dispatchEvent(new CustomEvent("trouble"));
  });
  source.addEventListener("ended", () => location.reload());
  // The browser tries again by itself after a broken connection (and tells the last id it had),
  // but not after an error status.
  source.addEventListener("error", () => {
    checkSession(); // the lock screen may be up
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(path), AGAIN_MS);
  });
}

export function start(path) {
  listen(path);
  setInterval(() => {
    document.body.classList.toggle("stale", stale());
    $("lost").hidden = !stale();
    if (stale()) write($("lost-words"), t("What you see is from {time}. Acts are not possible; nothing is sent later. The page comes back by itself.", { time: clock(new Date(heard + ahead)) }));
    document.dispatchEvent(new CustomEvent("second"));
  }, 500);
}

// "2:05" since a moment; hours where there are any.
export function since(moment) {
  if (!moment) return "";
  const s = Math.max(0, Math.floor((now() - new Date(moment)) / 1000));
  const two = (n) => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}
