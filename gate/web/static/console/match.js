// How sure the match is, the runner-up, each source's evidence in words, and the documents.
import { percent, t } from "../words.js";
import { $, element, name } from "./dom.js";
import { on } from "./live.js";

const share = (p) => percent(p, p > 0.9995 || p < 0.001 ? 2 : 1);

// A weight is the decimal logarithm of how much likelier the declaration makes what was seen.
function strength(weight) {
  if (weight >= 3) return t("speaks strongly for it");
  if (weight >= 0.5) return t("speaks for it");
  if (weight > -0.5) return t("says little");
  return weight > -3 ? t("speaks against it") : t("speaks strongly against it");
}

function candidate(one, declared) {
  const text = [one.number, share(one.probability), one.tractor, one.trailer, one.firm].filter(Boolean).join(" · ");
  const head = element("p", null, {}, element("strong", text));
  if (declared?.number === one.number) head.append(` (${name("status", declared.status)})`);
  const evidence = element("ul", null, {}, ...one.evidence.map((words) => element("li", words)),
    ...one.weights.map(([source, weight]) => element("li", `${name("source", source)}: ${strength(weight)}`)));
  return element("li", null, {}, head, evidence);
}

function show(s) {
  const made = s.decision;
  if (!made) { $("match").replaceChildren(); return; }
  const list = made.candidates.map((one) => candidate(one, s.declared));
  const none = element("p", t("None of them: {share}", { share: share(made.none) }), { class: "line" });
  $("match").replaceChildren(element("h2", t("Match")), ...(list.length ? [element("ol", null, {}, ...list)] : []), none);
}

function documentTable(one) {
  const rows = one.fields.map((field) => element("tr", null, { class: ["failed", "differs"].includes(field.verdict) ? "bad" : null },
    element("th", name("field", field.name), { scope: "row" }), element("td", field.value),
    element("td", field.verdict ? name("verdict", field.verdict) : "")));
  const title = name("document", one.kind) + (one.expired ? ` – ${name("status", "expired")}` : "");
  return element("table", null, {}, element("caption", title), element("tbody", null, {}, ...rows));
}

function showDocuments(s) {
  const found = s.documents ?? [];
  $("documents").replaceChildren(...(found.length ? [element("h2", t("Documents")), ...found.map(documentTable)] : []));
}

on(["decision", "declared"], show);
on(["documents"], showDocuments);
