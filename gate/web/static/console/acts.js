// The officer's acts: which are possible now, and the question each asks before it is sent.
import { say, send } from "../page.js";
import { t } from "../words.js";
import { openCorrect } from "./correct.js";
import { $, element, name } from "./dom.js";
import { on, stale, state } from "./live.js";

const { lane, rank: ownRank } = $("console").dataset;
const RANKS = { officer: 0, shift_lead: 1, supervisor: 2 };
const NOBODY = "00000000-0000-4000-8000-000000000000";
const EARLY = ["arriving", "reading", "deciding"];
const ASKS = {
  release: [t("Release this vehicle?"), t("The barrier opens. Your name and reason are kept."), t("Release")],
  override: [t("Release against the rules?"), t("The barrier opens although the rules say no. Your name and reason are kept and counted."), t("Override")],
  hold: [t("Hold this vehicle"), t("The machine decides nothing more about it until you do."), t("Hold")],
  refer: [t("Refer to inspection"), t("The transit ends here; the vehicle goes to inspection with these tasks."), t("Refer")],
  turn_back: [t("Turn the vehicle back"), t("The transit ends; the vehicle leaves the way it came."), t("Turn back")],
  reset: [t("Reset the fault"), t("Only with the arm down and the gate clear."), t("Reset fault")],
};
let asking = null;

export function problem(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

const objections = () => (state.decision?.reasons ?? []).filter((r) => r.outcome !== "release");

function possible(act) {
  const phase = state.lane?.phase;
  const held = phase === "with_officer" && state.transit;
  if (act === "reset") return phase === "fault";
  if (act === "call") return true;
  if (act === "release") return held && !objections().length;
  if (act === "override") return held && objections().length > 0;
  return Boolean(held || (EARLY.includes(phase) && state.transit && act !== "correct_plate"));
}

function showButtons() {
  for (const button of document.querySelectorAll("[data-act]")) button.disabled = stale() || !possible(button.dataset.act);
}

// Who may let this truck pass, reason by reason, and whether that is me.
function whoMay() {
  const reasons = objections();
  const mine = reasons.every((r) => r.override !== "none" && Number(ownRank) >= RANKS[r.override]);
  const rows = reasons.map((r) => {
    const role = r.override === "none" ? t("nobody here") : name("role", r.override);
    return element("li", `${r.title}: ${role}${r.second ? ` + ${t("second person")}` : ""}`);
  });
  const verdict = mine ? t("You may, with your reason.") : t("You may not: call somebody who may (2), or the vehicle takes the way named with the reason.");
  $("ask-who").replaceChildren(element("p", t("Who may override:")), element("ul", null, {}, ...rows), element("p", verdict));
  return mine;
}

export function ask(act) {
  problem("");
  if (stale()) { problem(t("Not possible: the connection is lost. Nothing was sent.")); return; }
  if (!possible(act)) { refuse(act); return; }
  if (act === "correct_plate") { openCorrect(); return; }
  if (act === "call") { call(); return; }
  asking = { act, transit: state.transit?.id ?? NOBODY };
  const [title, text, word] = ASKS[act];
  $("ask-title").textContent = title;
  $("ask-text").textContent = text;
  $("ask-do").textContent = word;
  $("ask-problem").hidden = true;
  $("ask-tasks-part").hidden = act !== "refer";
  $("ask-who").hidden = act !== "override";
  $("ask-do").hidden = act === "override" && !whoMay();
  $("ask-note-part").hidden = act === "reset" || $("ask-do").hidden;
  $("ask-second-part").hidden = $("ask-do").hidden || !["release", "override"].includes(act) || !objections().some((r) => r.second);
  for (const id of ["ask-note", "ask-reason", "ask-second-name", "ask-second-password", "ask-second-code", "ask-task-words"]) $(id).value = "";
  const wanted = state.decision?.suggested ?? [];
  for (const box of document.querySelectorAll("#ask-tasks-part input[name=task]")) box.checked = wanted.includes(box.value);
  $("ask").showModal();
  ($("ask-note-part").hidden ? $("ask-cancel") : $("ask-reason")).focus();
}

function refuse(act) {
  if (act === "release" && objections().length) problem(t("The rules object: see the reasons, or override with O."));
  else if (act === "override" && !objections().length) problem(t("No rule objects: release with R."));
  else problem(t("Not possible now: {phase}.", { phase: name("phase", state.lane?.phase ?? "idle") }));
}

async function call() {
  try {
    const answer = await send(`/lanes/${lane}/call`);
    say(answer.said);
  } catch (error) {
    problem(failed(error));
  }
}

// What became of an act that gave no answer: never sent again by itself.
export function failed(error) {
  return error.status ? error.message : t("No answer came: the connection is lost. The act was not repeated; look at the lane when it is back, and act again.");
}

function body() {
  const act = asking.act === "override" ? "release" : asking.act;
  const made = { action: act, transit: asking.transit, reason: $("ask-reason").value, note: $("ask-note").value };
  if (act === "refer") {
    made.tasks = [...document.querySelectorAll("#ask-tasks-part input[name=task]:checked")].map((one) => one.value);
    made.task_words = $("ask-task-words").value;
  }
  if (!$("ask-second-part").hidden) made.second = { name: $("ask-second-name").value.trim(), password: $("ask-second-password").value, code: $("ask-second-code").value.trim() };
  return made;
}

$("ask-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (stale()) { trouble(t("Not possible: the connection is lost. Nothing was sent.")); return; }
  $("ask-do").disabled = true;
  try {
    await send(`/lanes/${lane}/acts`, body());
    $("ask").close();
  } catch (error) {
    trouble(failed(error));
  } finally {
    $("ask-do").disabled = false;
    $("ask-second-password").value = "";
    $("ask-second-code").value = "";
  }
});

function trouble(text) {
  $("ask-problem").textContent = text;
  $("ask-problem").hidden = false;
}

// The barrier never hangs on Enter alone: in a field it goes on to the next, the button releases.
$("ask-form").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !["INPUT", "SELECT"].includes(event.target.tagName)) return;
  if (!["release", "override"].includes(asking?.act)) return;
  event.preventDefault();
  const fields = [...$("ask-form").querySelectorAll("select, input, button[type=submit]")].filter((one) => one.offsetParent);
  fields[fields.indexOf(event.target) + 1]?.focus();
});
$("ask-cancel").addEventListener("click", () => $("ask").close());
for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => ask(button.dataset.act));
on(["lane", "transit", "decision"], showButtons);
document.addEventListener("second", showButtons);
document.addEventListener("trouble", () => problem(t("The database does not answer: what you see may be old.")));
