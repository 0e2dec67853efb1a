// One strip a lane: what it does now, and how it fares this hour.
import { number, percent, t } from "../words.js";
import { SHAPES, h, link, told, when } from "./dom.js";

const MANY = 12;
const acts = document.getElementById("live").dataset.acts === "yes";
const wall = document.getElementById("live").dataset.wall === "yes";
const KINDS = { fault: "fault", with_officer: "hold", closed: "calm", idle: "calm" };

export function lanes({ lanes: rows, day }) {
  when("lanes", [rows, day], (place) => {
    place.dataset.many = rows.length > MANY ? "many" : rows.length > 6 ? "some" : "few";
    if (!rows.length) return place.replaceChildren(h("li", { class: "empty" }, t("No lane is registered.")));
    place.replaceChildren(...rows.map((row) => strip(row, day, wall && rows.length > MANY)));
  });
}

// Where nothing is wrong the strip is grey: a truck that passes needs nobody's eye.
function kind(row) {
  if (row.phase !== "closed" && !row.barrier) return "fault";
  return KINDS[row.phase] ?? "go";
}

function strip(row, day, brief) {
  const way = told("directions", row.direction);
  const trucks = brief ? t("{n}/h", { n: number(row.this_hour) }) : t("{n} trucks/h", { n: number(row.this_hour) });
  const state = row.phase !== "closed" && !row.barrier ? t("barrier offline") : told("phases", row.phase);
  const name = acts ? h("a", { href: `/lanes/${row.id}` }, row.name) : row.name;
  const rate = row.reads.seen ? row.reads.exact / row.reads.seen : null;
  return h("li", { "data-kind": kind(row) },
    h("span", { class: "lane-name" }, name, " ", row.name.toLowerCase().includes(way) ? "" : h("small", {}, way)),
    h("span", { class: "state", "data-kind": kind(row) }, h("span", { class: "shape", "aria-hidden": "true" }, SHAPES[kind(row)]), " ", state, row.manual ? h("small", {}, " · ", t("by hand")) : ""),
    h("span", { class: "plate" }, row.plate || (row.transit ? "…" : "–"), row.waiting ? h("small", {}, " +1 ", t("behind")) : ""),
    h("span", { class: "rate" }, link(trucks, { day, lane: row.id }), " ",
      h("small", {}, t("{p} read", { p: percent(rate, 0) }))),
    h("span", { class: "dots" }, ...row.devices.map(dot)),
    h("span", { class: "who-here" }, row.staff.length ? row.staff.join(", ") : h("span", { class: "soft" }, t("nobody"))),
    row.alarms ? h("span", { class: "state alarm-count", "data-kind": "fault" }, "! ", number(row.alarms)) : "");
}

function dot(device) {
  const state = device.online ? t("online") : t("offline");
  const words = `${device.id}: ${state}`;
  return h("span", { class: `dot ${device.online ? "on" : "off"}`, role: "img", "aria-label": words, title: words }, device.online ? "●" : "✕");
}
