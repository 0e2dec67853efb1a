// The lane console: shows each snapshot of the stream, and sends the officer's acts.
import { send } from "../page.js";
import { drawPictures } from "./pictures.js";

const $ = (id) => document.getElementById(id);
const lane = $("console").dataset.lane;
const STALE_MS = 3000;
const WORDS = {
  idle: "Idle", arriving: "Arriving", reading: "Reading", deciding: "Deciding",
  with_officer: "Hold", releasing: "Opening", passing: "Passing", clearing: "Clearing",
  fault: "Fault", closed: "Lane closed",
};
const SHAPES = { release: "▲", hold: "■", refer: "◆", deny: "✕", fault: "!", idle: "○" };
let snapshot = null;
let heard = Date.now();

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const clockOf = (iso) => (iso ? new Date(iso).toLocaleTimeString("en-GB") : "–");
const percent = (p) => `${(p * 100).toFixed(p > 0.9995 || p < 0.001 ? 2 : 1)} %`;

function outcomeOf(s) {
  if (s.lane.phase === "fault") return "fault";
  if (["releasing", "passing", "clearing"].includes(s.lane.phase)) return s.transit ? "release" : "idle";
  if (s.lane.phase === "with_officer") {
    const said = s.transit?.decision?.outcome ?? "hold";
    return said === "release" ? "hold" : said;
  }
  return "idle";
}

function showDecision(s) {
  const outcome = outcomeOf(s);
  const word = { release: "Release", hold: "Hold", refer: "Refer", deny: "Deny", fault: "Fault" }[outcome];
  const moving = ["passing", "clearing", "releasing"].includes(s.lane.phase);
  $("decision").dataset.outcome = outcome;
  $("decision-shape").textContent = SHAPES[outcome];
  $("decision-word").textContent = outcome === "idle" ? WORDS[s.lane.phase] : moving ? `${word} – ${WORDS[s.lane.phase].toLowerCase()}` : word;
  const t = s.transit;
  const called = t?.called_why && s.lane.phase === "with_officer" ? `With the officer since ${clockOf(t.called_at)}: ${t.called_why}` : "";
  $("decision-line").textContent = s.lane.held_by ? `${called} – in hand: ${s.lane.held_by}` : called;
}

function showPlate(s) {
  const best = bestReading(s.transit, (c) => c.role !== "rear") ?? bestReading(s.transit, () => true);
  const plate = $("plate");
  plate.replaceChildren();
  if (!best) {
    plate.textContent = s.transit ? "no plate read" : "";
    plate.classList.toggle("none", true);
    return;
  }
  plate.classList.toggle("none", false);
  [...best.text].forEach((character, at) => {
    const sure = best.confidences[at] ?? best.confidence;
    const shown = element("span", character, { title: `${percent(sure)} sure` });
    if (sure < 0.9) shown.className = sure < 0.6 ? "unsure bad" : "unsure";
    plate.append(shown);
  });
}

function bestReading(transit, wanted) {
  const readings = (transit?.captures ?? []).filter(wanted)
    .flatMap((c) => c.readings.filter((r) => r.kind === "plate").slice(0, 1));
  return readings.sort((a, b) => b.confidence - a.confidence)[0];
}

function showReasons(s) {
  const list = $("reasons");
  list.replaceChildren();
  for (const reason of s.transit?.decision?.decision.reasons ?? []) {
    const item = element("li", null, { "data-outcome": reason.outcome });
    item.append(element("span", reason.text), " ", element("code", reason.code));
    if (reason.way) item.append(element("em", `To pass: ${reason.way}.`));
    list.append(item);
  }
}

function compareRow(name, seen, declared, sameAs) {
  const row = element("tr");
  const differs = seen && declared && (sameAs ?? seen) !== declared;
  row.append(element("th", name, { scope: "row" }), marked(seen, differs ? declared : null), element("td", declared || "–"));
  if (differs) row.className = "differs";
  return row;
}

function seenOf(transit, kind) {
  const texts = (transit?.captures ?? []).flatMap((c) => c.readings).filter((r) => r.kind === kind).map((r) => r.text);
  return [...new Set(texts)].join(", ");
}

function marked(seen, declared) {
  const cell = element("td");
  if (!seen) cell.textContent = "–";
  else if (declared === null || declared === undefined) cell.textContent = seen;
  else [...seen].forEach((c, at) => cell.append(c === declared[at] ? c : element("mark", c)));
  return cell;
}

function showCompare(s) {
  const d = s.transit?.declared;
  const front = bestReading(s.transit, (c) => c.role !== "rear");
  const rear = bestReading(s.transit, (c) => c.role === "rear");
  const rows = [compareRow("Front plate", front?.text, d?.tractor)];
  rows.push(compareRow("Rear plate", rear?.text, d ? d.trailer || d.tractor : ""));
  if (d) {
    rows.push(compareRow("Declaration", "", `${d.number} (${d.status})`));
    rows.push(compareRow("Firm", "", d.firm));
    rows.push(compareRow("Driver", seenOf(s.transit, "mrz").replaceAll("|", " "), d.driver, d.driver));
    rows.push(compareRow("Container", seenOf(s.transit, "container"), d.containers.join(", ")));
    rows.push(compareRow("Seal", "", d.seals.join(", ")));
    rows.push(compareRow("Cargo", "", d.cargo));
    rows.push(compareRow("Gross weight", "", d.gross_kg ? `${d.gross_kg.toLocaleString("en")} kg` : ""));
    rows.push(compareRow("Direction", s.lane.direction, d.direction));
    rows.push(compareRow("Window", "", `${clockOf(d.window_from)} to ${clockOf(d.window_to)}`));
    const words = Object.entries(d.clearances).map(([k, v]) => `${k.replace("_", " ")} ${v.replace("_", " ")}`);
    rows.push(compareRow("Clearances", "", words.join(", ")));
  }
  $("compare").replaceChildren(...(s.transit ? rows : []));
  const match = s.transit?.decision?.decision.match;
  const found = (match?.candidates ?? []).slice(0, 2).map((c) => `${c.number} ${percent(c.probability)}`);
  $("match").textContent = match ? `Match: ${[...found, `none of them ${percent(match.none)}`].join(" · ")}` : "";
}

function showBarrier(s) {
  const b = s.barrier;
  $("barrier").dataset.arm = b.online ? b.arm : "offline";
  const loops = [b.safety ? "vehicle under the arm" : "", b.exit ? "vehicle at the exit" : ""].filter(Boolean).join(", ");
  $("barrier-word").textContent = `barrier ${b.online ? b.arm : "offline"}${b.local ? ", local key" : ""}${loops ? `, ${loops}` : ""}`;
  const dots = s.devices.map((d) => element("span", d.online ? "●" : "○", {
    class: d.online ? "dot on" : "dot off", role: "img",
    "aria-label": `${d.id} ${d.online ? "online" : "offline"}`, title: `${d.id}: ${d.online ? "online" : "offline"}, clock ${d.clock}`,
  }));
  $("devices").replaceChildren(...dots);
}

function showAlarms(s) {
  const rows = s.alarms.map((a) => {
    const item = element("li", null, { "data-acked": a.acked_at ? "yes" : "no" });
    item.append(element("strong", a.kind.replaceAll("_", " ").toLowerCase()), ` ${a.text} `, element("small", `${clockOf(a.last_at)}${a.count > 1 ? `, ${a.count} times` : ""}`));
    if (a.acked_at) item.append(element("small", ` seen by ${a.acked_by}`));
    else {
      const button = element("button", "Acknowledge", { type: "button" });
      button.addEventListener("click", () => send(`/alarms/${a.id}/acknowledge`).catch((e) => problem(e.message)));
      item.append(button);
    }
    return item;
  });
  $("alarms").replaceChildren(...(rows.length ? rows : [element("li", "None.", { class: "empty" })]));
}

function showRecent(s) {
  const rows = s.recent.map((t) => {
    const row = element("tr", null, { "data-end": t.ended });
    const link = element("a", t.plate || "no plate", { href: `/transits/${t.id}` });
    const cell = element("td");
    cell.append(link);
    const codes = (t.codes ?? []).filter((c) => c !== "OK_ALL").join(", ");
    row.append(element("td", clockOf(t.ended_at)), cell, element("td", t.ended.replace("_", " ")), element("td", t.by_officer ? "officer" : "machine"), element("td", codes));
    return row;
  });
  $("recent").replaceChildren(...rows);
}

function showButtons(s) {
  const held = s.lane.phase === "with_officer";
  const early = ["arriving", "reading", "deciding"].includes(s.lane.phase);
  for (const button of document.querySelectorAll("[data-act]")) {
    const act = button.dataset.act;
    const fits = act === "reset" ? s.lane.phase === "fault" : held || (early && ["hold", "refer", "turn_back"].includes(act));
    button.disabled = !fits || !s.transit && act !== "reset";
    if (act === "reset") button.hidden = s.lane.phase !== "fault";
  }
}

function show(s) {
  snapshot = s;
  document.body.dataset.phase = s.lane.phase;
  for (const part of [showDecision, showPlate, showReasons, showCompare, showBarrier, showAlarms, showRecent, showButtons]) part(s);
  drawPictures(s.transit);
}

function problem(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

const ASKS = {
  release: ["Release this vehicle?", "The barrier opens. Your name and reason are kept.", "Release"],
  hold: ["Hold this vehicle", "The machine decides nothing more about it until you do.", "Hold"],
  refer: ["Refer to inspection", "The transit ends here; the vehicle goes to inspection.", "Refer"],
  turn_back: ["Turn the vehicle back", "The transit ends; the vehicle leaves the way it came.", "Turn back"],
  correct_plate: ["Correct the plate", "It is matched with the declarations at once.", "Match again"],
  reset: ["Reset the fault", "Only with the arm down and the gate clear.", "Reset"],
};
let asking = null;

function ask(act) {
  if (document.querySelector(`[data-act=${act}]`).disabled) return;
  problem("");
  asking = { act, transit: snapshot.transit?.id ?? "00000000-0000-4000-8000-000000000000" };
  const [title, text, word] = ASKS[act];
  $("ask-title").textContent = title;
  $("ask-text").textContent = text;
  $("ask-do").textContent = word;
  $("ask-problem").hidden = true;
  $("ask-plate-part").hidden = act !== "correct_plate";
  $("ask-note-part").hidden = act === "correct_plate" || act === "reset";
  const reasons = snapshot.transit?.decision?.decision.reasons ?? [];
  $("ask-second-part").hidden = !(act === "release" && reasons.some((r) => r.second));
  $("ask-plate").value = bestReading(snapshot.transit, (c) => c.role !== "rear")?.text ?? "";
  for (const id of ["ask-note", "ask-reason", "ask-second-name", "ask-second-password"]) $(id).value = "";
  $("ask").showModal();
  (act === "correct_plate" ? $("ask-plate") : $("ask-reason")).focus();
}

$("ask-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = $("ask-reason").value;
  const note = [chosen.startsWith("Other") ? "" : chosen, $("ask-note").value.trim()].filter(Boolean).join(": ");
  const body = { action: asking.act, transit: asking.transit, note, plate: $("ask-plate").value };
  if (!$("ask-second-part").hidden) body.second = { name: $("ask-second-name").value, password: $("ask-second-password").value };
  $("ask-do").disabled = true;
  try {
    await send(`/lanes/${lane}/acts`, body);
    $("ask").close();
  } catch (error) {
    $("ask-problem").textContent = error.message;
    $("ask-problem").hidden = false;
  } finally {
    $("ask-do").disabled = false;
  }
});
$("ask-cancel").addEventListener("click", () => $("ask").close());
for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => ask(button.dataset.act));

const KEYS = { r: "release", h: "hold", c: "correct_plate", f: "refer", b: "turn_back", x: "reset" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("ask").open) return;
  if (["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName)) return;
  const act = KEYS[event.key.toLowerCase()];
  if (act) { event.preventDefault(); ask(act); }
});

const alive = () => { heard = Date.now(); };

function listen() {
  const source = new EventSource(`/lanes/${lane}/stream`);
  source.addEventListener("snapshot", (event) => { alive(); show(JSON.parse(event.data)); });
  source.addEventListener("beat", alive);
  source.addEventListener("trouble", () => { alive(); problem("The database does not answer: what you see may be old."); });
  // The browser tries again by itself after a broken connection, but not after an error status.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}
listen();
setInterval(() => {
  $("clock").textContent = new Date().toLocaleTimeString("en-GB");
  const stale = Date.now() - heard > STALE_MS;
  document.body.classList.toggle("stale", stale);
  $("lost").hidden = !stale;
  if (stale) $("lost-since").textContent = new Date(heard).toLocaleTimeString("en-GB");
}, 500);
