// The figures on the page: each part is touched only when it changed.
import { clock, day, hour, number, percent, t } from "../words.js";
import { hoursChart, stagesChart } from "./charts.js";
import { SHAPES, h, link, told, when } from "./dom.js";
import { lanes } from "./lanes.js";
import { span } from "./spans.js";

const WAYS = ["export", "import"];
const KINDS = { flows: "go", quiet: "calm", slow: "hold", stands: "stop", broken: "fault" };
const STAGES = ["arriving", "reading", "deciding", "with_officer", "releasing", "passing", "clearing", "fault"];
// On the wall the legend names only these: the others are slivers there.
const MAIN = new Set(["reading", "with_officer", "passing", "fault"]);
const MOST = { reasons: 6, alarms: document.body.classList.contains("wall") ? 3 : 5 };
const place = (id) => document.querySelector(`#${id} .chart`);
const charts = Object.fromEntries(WAYS.map((way) => [way, hoursChart(place(`hours-${way}`))]));
const stages = stagesChart(place("stages"), STAGES);

export function paint(figures) {
  answer(figures.flow);
  keys(figures);
  for (const way of WAYS) hoursOf(way, figures);
  lanes(figures);
  dwell(figures);
  reasons(figures);
  alarms(figures.alarms);
  cameras(figures);
  document.getElementById("made-up").hidden = !figures.made_up;
  document.getElementById("as-of").textContent = t("figures of {time}", { time: clock(figures.at) });
}

function answer(flow) {
  when("answer", flow, (place) => {
    place.dataset.kind = KINDS[flow.answer];
    document.getElementById("answer-shape").textContent = SHAPES[KINDS[flow.answer]];
    document.getElementById("answer-text").textContent = told("answers", flow.answer);
    const working = t("{n} of {all} lanes work", { n: number(flow.working), all: number(flow.lanes) });
    document.getElementById("answer-why").textContent = [...flow.why.map((why) => told("why", why)), working].join(" · ");
    document.title = `${SHAPES[KINDS[flow.answer]]} ${told("answers", flow.answer)}`;
  });
}

function keys({ totals, flow, day: today, against, overdue }) {
  const { today: now, last } = totals;
  const share = (one) => (one.finished ? one.unaided / one.finished : null);
  const then = (text) => t("{value} last week by now", { value: text });
  when("key-trucks", [now.finished, today], (place) => place.replaceChildren(link(number(now.finished), { day: today })));
  when("key-trucks-last", [last.finished], (place) => { place.textContent = then(number(last.finished)); });
  when("key-unaided", now, (place) => place.replaceChildren(link(percent(share(now)), { day: today, kind: "unaided" })));
  when("key-unaided-last", last, (place) => { place.textContent = then(percent(share(last))); });
  when("key-dwell", now.dwell_s, (place) => place.replaceChildren(link(span(now.dwell_s), { day: today, ended: "departed" })));
  when("key-dwell-last", last.dwell_s, (place) => { place.textContent = then(span(last.dwell_s)); });
  const ways = WAYS.filter((way) => flow.directions[way].lanes);
  when("key-wait", flow.directions, (place) => place.replaceChildren(...ways.map((way) =>
    h("span", { class: "way" }, h("small", {}, told("directions", way)), " ", estimate(flow.directions[way].wait_s)))));
  when("key-wait-beside", [flow.directions, overdue], (place) => {
    const sum = (name) => ways.reduce((all, way) => all + (flow.directions[way][name] ?? 0), 0);
    place.textContent = [
      t("{n} at the lanes, {m} behind", { n: number(sum("standing")), m: number(sum("waiting")) }),
      t("{n} trucks/h expected", { n: number(sum("expected")) }),
      overdue ? t("{n} did not come in their window (24 h)", { n: number(overdue) }) : "",
    ].filter(Boolean).join(" · ");
  });
  for (const one of document.querySelectorAll(".against")) one.textContent = day(`${against}T12:00:00Z`);
}

const estimate = (seconds) => (seconds === null ? "–" : seconds < 60 ? t("< {n} min", { n: 1 }) : t("≈ {n} min", { n: number(Math.round(seconds / 60)) }));

function hoursOf(way, { hours, day: today, at }) {
  when(`hours-${way}`, [hours, today], (place) => {
    charts[way](hours.map((one) => (new Date(one.hour) > new Date(at) ? null : one[way][0])), hours.map((one) => one[way][1]));
    const names = [...new Set(hours.flatMap((one) => Object.keys(one.lanes)))].filter((lane) => wayOf.get(lane) === way).sort();
    const head = h("tr", {}, h("th", { scope: "col" }, t("Hour")), h("th", { scope: "col", class: "number" }, t("Trucks today")), h("th", { scope: "col", class: "number" }, t("Last week")),
      ...names.map((lane) => h("th", { scope: "col", class: "number" }, lane)));
    const rows = hours.map((one, n) => h("tr", {}, h("th", { scope: "row" }, hour(one.hour)),
      h("td", { class: "number" }, link(number(one[way][0]), { day: today, hour: n, direction: way })), h("td", { class: "number" }, number(one[way][1])),
      ...names.map((lane) => h("td", { class: "number" }, link(number(one.lanes[lane]?.[0] ?? 0), { day: today, hour: n, lane })))));
    place.querySelector("table").replaceChildren(h("thead", {}, head), h("tbody", {}, ...rows));
  });
}

const wayOf = new Map();
export const know = (figures) => figures.lanes.forEach((lane) => wayOf.set(lane.id, lane.direction));

function dwell({ stages: rows, hours, day: today }) {
  when("stages", [rows, today], (place) => {
    const byHour = new Map(rows.map((row) => [row.hour, row]));
    stages(STAGES.map((stage) => hours.map((one) => byHour.get(one.hour)?.[stage] ?? null)));
    const head = h("tr", {}, h("th", { scope: "col" }, t("Hour")), h("th", { scope: "col", class: "number" }, t("Trucks")),
      ...STAGES.map((stage) => h("th", { scope: "col", class: "number" }, told("stages", stage) + " (" + t("s") + ")")));
    const lines = hours.flatMap((one, n) => {
      const row = byHour.get(one.hour);
      return row ? [h("tr", {}, h("th", { scope: "row" }, hour(one.hour)), h("td", { class: "number" }, link(number(row.transits), { day: today, hour: n })),
        ...STAGES.map((stage) => h("td", { class: "number" }, number(row[stage], 1))))] : [];
    });
    place.querySelector("table").replaceChildren(h("thead", {}, head), h("tbody", {}, ...lines));
    const used = STAGES.map((stage, n) => [stage, n]).filter(([stage]) => rows.some((row) => row[stage] > 0));
    document.getElementById("stages-legend").replaceChildren(...used.map(([stage, n]) =>
      h("span", { class: MAIN.has(stage) ? "key-name main-stage" : "key-name" }, h("span", { class: `key-box stage-${n + 1}`, "aria-hidden": "true" }), told("stages", stage))));
  });
}

// A row of a table with a bar: the bar's length by the style object, which the page's policy allows.
function bar(share) {
  const inner = h("span", { class: "bar-inner" });
  inner.style.width = `${Math.round(100 * share)}%`;
  return h("td", { class: "bar-cell", "aria-hidden": "true" }, h("span", { class: "bar-outer" }, inner));
}

const none = (text) => h("tbody", {}, h("tr", {}, h("td", { class: "empty" }, text)));

function reasons({ reasons: rows, day: today }) {
  when("reasons", [rows, today], (place) => {
    if (!rows.length) return place.replaceChildren(none(t("No truck was held today.")));
    const most = rows[0].transits;
    const head = h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("Reason")), h("td", {}), h("th", { scope: "col", class: "number" }, t("Trucks")), h("th", { scope: "col", class: "number" }, t("Last week"))));
    place.replaceChildren(head, h("tbody", {}, ...rows.slice(0, MOST.reasons).map((row) => h("tr", {},
      h("th", { scope: "row" }, told("reasons", row.code)), bar(row.transits / most),
      h("td", { class: "number" }, link(number(row.transits), { day: today, reason: row.code })), h("td", { class: "number soft" }, number(row.last))))));
  });
}

function alarms(rows) {
  when("alarms", rows, (place) => {
    if (!rows.length) return place.replaceChildren(h("li", { class: "empty" }, t("No alarm stands.")));
    const shown = rows.slice(0, MOST.alarms).map((one) => h("li", { class: one.acked_by ? "seen" : "" },
      h("span", { class: "state", "data-kind": one.acked_by ? "calm" : "fault" }, h("span", { class: "shape", "aria-hidden": "true" }, one.acked_by ? "○" : "!"), " ", one.title),
      h("span", { class: "where" }, one.lane), h("span", { class: "soft when" }, clock(one.last_at), one.count > 1 ? " · " + t("{n} times", { n: number(one.count) }) : "",
        one.acked_by ? " · " + t("seen by {who}", { who: one.acked_by }) : ""), h("span", { class: "says" }, one.text)));
    const more = rows.length > MOST.alarms ? [h("li", { class: "soft" }, t("and {n} more", { n: number(rows.length - MOST.alarms) }))] : [];
    place.replaceChildren(...shown, ...more);
  });
}

function cameras({ cameras: rows, day: today }) {
  when("cameras", [rows, today], (place) => {
    if (!rows.length) return place.replaceChildren(none(t("No plate is recorded today.")));
    const sorted = [...rows].sort((one, other) => one.exact / one.seen - other.exact / other.seen).slice(0, MOST.reasons);
    const head = h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("Camera")), h("td", {}), h("th", { scope: "col", class: "number" }, t("exact")), h("th", { scope: "col", class: "number" }, t("Plates"))));
    place.replaceChildren(head, h("tbody", {}, ...sorted.map((row) => h("tr", {},
      h("th", { scope: "row" }, `${row.lane} ${row.device}`), bar(row.exact / row.seen),
      h("td", { class: "number" }, link(percent(row.exact / row.seen, 0), { day: today, lane: row.lane, camera: row.device })), h("td", { class: "number soft" }, number(row.seen))))));
  });
}
