// The answer: the decision in one word, the plate as read, why, and the nearest way to yes.
import { clock, percent, t } from "../words.js";
import { $, element, holder, name, write } from "./dom.js";
import { on } from "./live.js";

const SHAPES = { release: "▲", hold: "■", refer: "◆", deny: "✕", fault: "!", idle: "○" };
const MOVING = ["releasing", "passing", "clearing"];
const UNSURE = 0.9;
const BAD = 0.6;

export function outcomeOf(s) {
  if (s.lane.phase === "fault") return "fault";
  if (MOVING.includes(s.lane.phase)) return s.transit ? "release" : "idle";
  if (s.lane.phase !== "with_officer") return "idle";
  const said = s.decision?.outcome ?? "hold";
  return said === "release" ? "hold" : said;
}

// The surest plate reading of the cameras at this end.
export function bestPlate(captures, rear) {
  const readings = (captures ?? []).filter((c) => (c.role === "rear") === rear)
    .flatMap((c) => c.readings.filter((r) => r.kind === "plate").slice(0, 1));
  return readings.sort((a, b) => b.confidence - a.confidence)[0];
}

function showWord(s) {
  const outcome = outcomeOf(s);
  const phase = name("phase", s.lane.phase);
  const moving = MOVING.includes(s.lane.phase) && s.transit;
  const word = outcome === "idle" ? phase : name("outcome", outcome);
  $("decision").dataset.outcome = outcome;
  document.body.dataset.phase = s.lane.phase;
  write($("decision-shape"), SHAPES[outcome]);
  write($("decision-word"), word);
  write($("decision-phase"), moving ? `– ${phase}` : "");
  const said = [];
  if (s.transit?.called_at && s.lane.phase === "with_officer") said.push(t("With the officer since {time}", { time: clock(s.transit.called_at) }));
  if (s.lane.phase === "with_officer" && s.transit?.called_why) said.push(s.transit.called_why);
  if (s.lane.held_by) said.push(t("in hand: {who}", { who: holder(s.lane.held_by) }));
  write($("decision-line"), said.join(" · "));
  $("decision-line").title = said.join(" · ");
}

function showPlate(s) {
  const plate = $("plate");
  const typed = s.seen?.corrected;
  const best = typed ? { text: typed, confidence: 1, confidences: [] } : bestPlate(s.captures, false) ?? bestPlate(s.captures, true);
  plate.classList.toggle("none", !best);
  if (!best) {
    write(plate, s.transit ? t("no plate read") : "");
    return;
  }
  const unsure = [];
  const characters = [...best.text].map((character, at) => {
    const sure = best.confidences[at] ?? best.confidence;
    const shown = element("span", character, { title: percent(sure) });
    if (sure < UNSURE) {
      shown.className = sure < BAD ? "unsure bad" : "unsure";
      unsure.push(t("place {n}: {seen}, {share} sure", { n: at + 1, seen: character, share: percent(sure) }));
    }
    return shown;
  });
  const shown = element("span", null, { "aria-hidden": "true" }, ...characters);
  plate.replaceChildren(shown, element("span", [best.text, ...unsure].join("; "), { class: "for-readers" }));
}

function who(reason) {
  if (reason.override === "none") return t("nobody here can override this");
  const role = name("role", reason.override);
  return reason.second ? t("override: {role} and a second person", { role }) : t("override: {role}", { role });
}

function showReasons(s) {
  const items = (s.decision?.reasons ?? []).map((reason) => {
    const item = element("li", null, { "data-outcome": reason.outcome });
    item.append(element("strong", reason.text || reason.title), " ", element("code", reason.code));
    const more = [];
    if (reason.way) more.push(t("To pass: {way}", { way: reason.way }));
    if (reason.outcome !== "release") more.push(who(reason));
    if (more.length) item.append(element("em", more.join(" · ")));
    return item;
  });
  $("reasons").replaceChildren(...items);
}

let announced = "";
function announce(s) {
  const reasons = (s.decision?.reasons ?? []).map((r) => r.title).join(", ");
  const decided = [$("decision-word"), $("decision-phase")].map((place) => place.textContent).filter(Boolean).join(" ");
  const words = s.transit ? [decided, s.transit.display, reasons].filter(Boolean).join(". ") : decided;
  if (words === announced) return;
  announced = words;
  write($("announce"), words);
}

on(["lane", "transit", "decision"], showWord);
on(["captures", "transit", "seen"], showPlate);
on(["decision"], showReasons);
on(["lane", "transit", "decision"], announce);
