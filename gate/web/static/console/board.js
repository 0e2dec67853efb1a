// Below: the trucks at all the officer's lanes, alarms worst first, and what was before.
import { send } from "../page.js";
import { clock, day, t } from "../words.js";
import { $, element, holder, name, write } from "./dom.js";
import { on, since, stale, state } from "./live.js";

const lane = $("console").dataset.lane;
const acts = $("console").dataset.acts === "yes";
const STEADY_MS = 800;
const told = new Set();
let first = { id: "", at: 0 };

// Lanes keep their places: nothing that is being read moves when a truck comes or goes.
function showQueue(s) {
  const rows = s.queue.map((one) => {
    const link = element("a", one.name, { href: `/lanes/${one.lane}` });
    const modes = [one.closed ? t("closed") : "", one.manual ? t("by hand") : "", one.next_waiting ? t("one behind") : ""].filter(Boolean);
    const phase = one.phase === "with_officer" && one.outcome && one.outcome !== "release" ? name("outcome", one.outcome) : name("phase", one.phase);
    return element("tr", null, { "data-state": one.phase, "aria-current": one.lane === lane ? "true" : null },
      element("td", null, {}, link), element("td", one.plate || "–"),
      element("td", [phase, ...modes].join(", ")),
      element("td", holder(one.held_by) || one.officer || ""),
      element("td", "", { class: "wait", "data-since": one.called_at ?? one.began_at ?? "" }));
  });
  $("queue").replaceChildren(...rows);
  showWaits();
}

function showWaits() {
  for (const cell of document.querySelectorAll("#queue [data-since]")) write(cell, since(cell.dataset.since));
}
document.addEventListener("second", showWaits);

// The lane whose truck waits longest for an officer, but this one.
export function nextWaiting() {
  const waiting = (state.queue ?? []).filter((one) => one.phase === "with_officer" && one.lane !== lane);
  waiting.sort((a, b) => String(a.called_at).localeCompare(String(b.called_at)));
  return waiting[0]?.lane;
}

export function neighbour(step) {
  const lanes = (state.queue ?? []).map((one) => one.lane);
  return lanes[(lanes.indexOf(lane) + step + lanes.length) % lanes.length];
}

export async function acknowledge(id) {
  const place = $("problem");
  if (stale()) return;
  await send(`/alarms/${id}/acknowledge`).catch((error) => { place.textContent = error.message; place.hidden = false; });
}

// The first alarm by key, once it has stood there long enough to be the one that was read.
export function acknowledgeFirst() {
  if (first.id && Date.now() - first.at > STEADY_MS) acknowledge(first.id);
}

function alarm(one, at) {
  const item = element("li", null, { "data-acked": one.acked_at ? "yes" : "no", "data-id": one.id });
  const where = one.lane === lane ? "" : `${(state.queue ?? []).find((q) => q.lane === one.lane)?.name ?? one.lane}: `;
  if (!one.acked_at && acts) {
    const button = element("button", t("Acknowledge"), { type: "button" });
    if (at === 0) button.append(" ", element("kbd", "A"));
    button.addEventListener("click", () => acknowledge(one.id));
    item.append(button);
  }
  const times = one.count > 1 ? t("{n} times, last {time}", { n: one.count, time: clock(one.last_at) }) : clock(one.last_at);
  item.append(element("strong", where + one.title), " ", element("small", times));
  if (one.acked_at) item.append(element("small", " · " + t("seen by {who}", { who: one.acked_by })));
  item.append(element("span", t("Do: {todo}", { todo: one.todo }), { class: "todo" }));
  if (one.text) item.append(element("small", one.text));
  return item;
}

function showAlarms(s) {
  const open = s.alarms.filter((one) => !one.acked_at);
  write($("alarms-count"), open.length ? String(open.length) : "");
  const fresh = open.filter((one) => !told.has(`${one.id} ${one.count}`));
  fresh.forEach((one) => told.add(`${one.id} ${one.count}`));
  if (fresh.length) write($("announce-alarm"), fresh.map((one) => `${one.title}. ${one.todo}`).join("; "));
  if ((open[0]?.id ?? "") !== first.id) first = { id: open[0]?.id ?? "", at: Date.now() };
  $("alarms").replaceChildren(...(s.alarms.length ? s.alarms.map(alarm) : [element("li", t("None."), { class: "empty" })]));
}

function former(one, withLane) {
  const codes = one.codes.map(([code, title]) => element("span", title, { title: code }));
  const reasons = element("td");
  codes.forEach((code, at) => reasons.append(at ? ", " : "", code));
  // A transit at a lane of somebody else is told of, but not shown.
  const at = (state.queue ?? []).find((q) => q.lane === one.lane_id);
  const mine = !one.lane_id || Boolean(at);
  const link = element(mine ? "a" : "span", withLane ? `${day(one.began_at)} ${clock(one.began_at)}` : one.plate || t("no plate"), { href: mine ? `/transits/${one.id}` : null });
  const end = one.ended ? name("end", one.ended) : t("under way");
  return element("tr", null, {}, element("td", withLane ? null : clock(one.ended_at), {}, ...(withLane ? [link] : [])),
    withLane ? element("td", at?.name ?? one.lane_id) : element("td", null, {}, link),
    element("td", [one.outcome ? name("outcome", one.outcome) : "", end].filter(Boolean).join(", ")),
    element("td", one.by_officer ? t("officer") : t("machine")), reasons);
}

function showHistory(s) {
  const rows = (s.history ?? []).map((one) => former(one, true));
  $("history").replaceChildren(...(rows.length ? rows : [element("tr", null, {}, element("td", s.transit ? t("Not seen before.") : "–"))]));
}

function showRecent(s) {
  $("recent").replaceChildren(...s.recent.map((one) => former(one, false)));
}

on(["queue", "lane"], showQueue);
on(["alarms"], showAlarms);
on(["history", "transit"], showHistory);
on(["recent"], showRecent);
on(["tasks"], (s) => write($("tasks-count"), String(s.tasks)));
