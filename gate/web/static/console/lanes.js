// The list of lanes, alive.
import { t } from "../words.js";
import { name, write } from "./dom.js";
import { on, since, start } from "./live.js";

const part = (card, which) => card.querySelector(`[data-part=${which}]`);
const cards = () => document.querySelectorAll("#lanes [data-lane]");

function show(s) {
  for (const card of cards()) {
    const one = s.queue.find((lane) => lane.lane === card.dataset.lane);
    if (!one) continue;
    card.dataset.phase = one.phase;
    const modes = [one.closed ? t("closed") : "", one.manual ? t("by hand") : ""].filter(Boolean);
    write(part(card, "phase"), [name("phase", one.phase), ...modes].join(", "));
    write(part(card, "plate"), one.plate || "–");
    card.dataset.since = one.called_at ?? one.began_at ?? "";
    card.dataset.officer = one.officer;
    const alarms = (s.alarms ?? []).filter((alarm) => alarm.lane === one.lane && !alarm.acked_at).length;
    write(part(card, "alarms"), [alarms ? t("Alarms: {n}", { n: alarms }) : "", one.offline ? t("Devices offline: {n}", { n: one.offline }) : ""].filter(Boolean).join(" · "));
  }
  tick();
}

function tick() {
  for (const card of cards()) {
    const waits = since(card.dataset.since);
    write(part(card, "wait"), [waits, card.dataset.officer].filter(Boolean).join(" · "));
  }
}

document.addEventListener("second", tick);
on(["queue", "alarms"], show);
start("/lanes-stream");
