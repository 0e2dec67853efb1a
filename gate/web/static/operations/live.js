// Follows the figures: a stream that comes back by itself, and a page that says when it is stale.
import { checkSession } from "../page.js";
import { clock, t } from "../words.js";
import { know, paint } from "./paint.js";

const STALE_MS = 3000;
const AGAIN_MS = 2000;
const live = document.getElementById("live");
const lost = document.getElementById("lost");
let heard = Date.now();
let trouble = "";
let source;

function take(figures) {
  know(figures);
  paint(figures);
}

function listen() {
  source?.close();
  source = new EventSource("/operations/stream");
  source.addEventListener("figures", (event) => { hear(); take(JSON.parse(event.data)); });
  source.addEventListener("beat", hear);
  source.addEventListener("trouble", () => { trouble = t("The database does not answer."); });
  // Another version of the program answers: take its page.
  source.addEventListener("version", (event) => { if (JSON.parse(event.data).is !== live.dataset.version) location.reload(); });
  source.onerror = () => {
    checkSession(); // the lock screen may be up
    if (source.readyState === EventSource.CLOSED) again();
  };
}

function hear() {
  heard = Date.now();
  trouble = "";
}

// The browser gives up after an answer such as 401 or 503; a wall may not.
async function again() {
  const answer = await fetch("/operations/figures", { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.status === 401) trouble = t("The session has ended: sign in again.");
  setTimeout(listen, AGAIN_MS);
}

function watch() {
  const stale = trouble !== "" || Date.now() - heard > STALE_MS;
  live.classList.toggle("stale", stale);
  const since = t("No word from the service since {time}. The figures are those of then.", { time: clock(heard) });
  const text = stale ? [trouble, since].filter(Boolean).join(" ") : "";
  if (lost.textContent !== text) lost.textContent = text;
  lost.hidden = !stale;
  document.getElementById("clock").textContent = clock(new Date());
}

// ?rotate=20 on the wall: the lower row shows one half at a time, larger.
function turn() {
  live.dataset.turn = live.dataset.turn === "1" ? "2" : "1";
  dispatchEvent(new Event("resize"));
}

take(JSON.parse(document.getElementById("figures").textContent));
listen();
watch();
setInterval(watch, 500);
const seconds = Number(live.dataset.rotate);
if (live.dataset.wall && seconds) { turn(); setInterval(turn, seconds * 1000); }
