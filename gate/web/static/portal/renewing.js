// A part of the page that renews itself while it is looked at, and says since when it is old.
import { renew } from "../page.js";
import { hour, t } from "../words.js";

const live = document.getElementById("live"), stale = document.getElementById("stale");
let fresh = new Date();

async function again() {
  if (document.hidden) return;
  try {
    const before = document.activeElement?.closest("#live a")?.getAttribute("href");
    await renew(live, live.dataset.part);
    if (live.querySelector("[data-final]")) clearInterval(turns); // nothing more will change
    if (before) live.querySelector(`a[href="${CSS.escape(before)}"]`)?.focus({ preventScroll: true });
    fresh = new Date();
    live.classList.remove("old");
    stale.hidden = true;
  } catch {
    live.classList.add("old");
    stale.textContent = t("No network: this is as of {time}. It comes back by itself.", { time: hour(fresh) });
    stale.hidden = false;
  }
}
const turns = setInterval(again, Number(live.dataset.every) * 1000);
document.addEventListener("visibilitychange", again);
window.addEventListener("online", again);
