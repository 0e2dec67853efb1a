// Seen beside declared, in the same order, with the differences marked on the character.
import { clock, hour, number, t } from "../words.js";
import { bestPlate } from "./decision.js";
import { align, marked } from "./diff.js";
import { $, element, name } from "./dom.js";
import { now, on } from "./live.js";

// differs: true or false where it is known better than by comparing the two texts.
function row(title, seen, declared, differs) {
  const apart = differs ?? Boolean(seen && declared && seen !== declared);
  const cell = element("td");
  if (apart && seen && declared && differs === undefined) cell.append(...marked(seen, declared));
  else cell.textContent = seen || "–";
  const head = element("th", title, { scope: "row" });
  if (apart) head.append(element("span", `: ${t("differs")}`, { class: "for-readers" }));
  return element("tr", null, { class: apart ? "differs" : null }, head, cell, element("td", declared || "–"));
}

function texts(s, kind) {
  const found = (s.captures ?? []).flatMap((c) => c.readings).filter((r) => r.kind === kind).map((r) => r.text);
  return [...new Set(found)];
}

const apartness = (a, b) => align(a, b).filter(([x, y]) => x !== y).length;

// Each seen number beside the declared one that is most like it; what is left over stands alone.
function rows(title, seen, declared) {
  const left = [...declared];
  const pairs = seen.map((one) => {
    left.sort((a, b) => apartness(one, a) - apartness(one, b));
    const fits = left.length && apartness(one, left[0]) <= 3 ? left.shift() : "";
    return [one, fits];
  });
  return [...pairs, ...left.map((one) => ["", one])].map(([one, other]) =>
    row(title, one, other, one && !other && declared.length ? true : undefined));
}

function driver(s) {
  const d = s.declared;
  const fields = (s.documents ?? []).map((one) => Object.fromEntries(one.fields.map((f) => [f.name, f.value])));
  const read = fields.map((f) => [f.name, f.number].filter(Boolean).join(", ")).join("; ");
  const numbers = (s.seen?.documents ?? []).map((one) => one.number).filter(Boolean);
  const declared = [d.driver, d.driver_document].filter(Boolean).join(", ");
  const differs = Boolean(numbers.length && d.driver_document && !numbers.includes(d.driver_document));
  return row(t("Driver"), read, declared, differs);
}

function weight(s) {
  const seen = s.seen?.weight;
  const kg = (value) => (value ? `${number(value)} kg` : "");
  const text = seen ? kg(seen.gross_kg) + (seen.stable ? "" : ` (${t("not at rest")})`) : "";
  const differs = (s.decision?.reasons ?? []).some((r) => ["WEIGHT_DIFFERS", "OVERWEIGHT_LEGAL", "WEIGHT_UNSTABLE"].includes(r.code));
  return row(t("Gross weight"), text, kg(s.declared.gross_kg), differs);
}

function windowRow(s) {
  const d = s.declared;
  const early = now() < new Date(d.window_from);
  const late = now() > new Date(d.window_to);
  const seen = early ? t("{time}, too early", { time: clock(new Date(now())) }) : late ? t("{time}, too late", { time: clock(new Date(now())) }) : t("in the window");
  return row(t("Window"), seen, `${hour(d.window_from)} – ${hour(d.window_to)}`, early || late);
}

function clearanceRows(s) {
  return Object.entries(s.declared.clearances).map(([authority, word]) => {
    const fee = authority === "fee" ? { pending: "unpaid", failed: "unpaid", passed: "paid" } : {};
    return row(name("authority", authority), "", name("clearance", fee[word] ?? word), ["pending", "failed"].includes(word));
  });
}

function show(s) {
  if (!s.transit) { $("compare").replaceChildren(); return; }
  const d = s.declared;
  const typed = s.seen?.corrected;
  const list = [
    row(t("Front plate"), typed || bestPlate(s.captures, false)?.text, d?.tractor),
    row(d?.trailer ? t("Trailer") : t("Rear plate"), bestPlate(s.captures, true)?.text, d ? d.trailer || d.tractor : ""),
  ];
  const containers = s.seen?.containers?.length ? s.seen.containers : texts(s, "container");
  if (d) {
    const seals = s.seen?.seals;
    list.push(
      ...rows(t("Container"), containers, d.containers),
      ...rows(t("Seal"), seals ?? [], d.seals),
      driver(s), weight(s),
      row(t("Cargo"), "", [d.cargo, d.un_number].filter(Boolean).join(", ")),
      windowRow(s),
      row(t("Direction"), name("direction", s.lane.direction), name("direction", d.direction), s.lane.direction !== d.direction),
      ...clearanceRows(s),
    );
  } else list.push(...rows(t("Container"), containers, []));
  $("compare").replaceChildren(...list);
}

on(["transit", "captures", "documents", "declared", "seen", "decision", "lane"], show);
