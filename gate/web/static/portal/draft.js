// The declaration's form: four steps, saved and checked by the server while one types; what could not
// be sent stays in the browser and is sent when the network is back.
import { send, say, renew, Refused } from "../page.js";
import { hour, t } from "../words.js";
import { fieldOf, nameOf, show } from "./problems.js";

const WAIT_MS = 400, AGAIN_MS = 4000;
const root = document.getElementById("draft"), form = document.getElementById("form");
const saved = document.getElementById("saved"), hours = document.getElementById("hours");
const { address } = root.dataset, amends = root.dataset.amends === "yes";
const known = JSON.parse(document.getElementById("known").textContent);
const place = `draft ${address}`;
const steps = [...form.querySelectorAll(".step")], tabs = [...root.querySelectorAll("[data-go]")];
let version = Number(root.dataset.version), savedAt = root.dataset.savedAt;
let problems = JSON.parse(document.getElementById("problems").textContent);
let pending = JSON.parse(localStorage.getItem(place) ?? "{}");
let step = 0, busy = false, timer = 0, offline = false;
const seen = new Set();

// ---- what was typed
const valueOf = (input) => (input.value.trim() === "" ? null : input.value);
const plain = (plate) => plate.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
const waiting = () => Object.keys(pending).length > 0;

function change(path, value) {
  pending[path] = value;
  localStorage.setItem(place, JSON.stringify(pending));
  tell();
  clearTimeout(timer);
  timer = setTimeout(save, WAIT_MS);
}

function put(path, value) {
  const input = form.elements.namedItem(path);
  if (!input) return;
  input.value = value ?? "";
  change(path, value || null);
}

form.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.name) return;
  change(input.name, valueOf(input));
  if (input.name === "tractor.plate" || input.name === "trailer.plate") plateTyped(input);
  if (input.name === "direction") showHours();
});

function plateTyped(input) {
  const group = input.name.split(".")[0], own = known.vehicles[plain(input.value)];
  const country = form.elements.namedItem(`${group}.country`);
  const guess = own?.country ?? (/^\p{Script=Han}/u.test(input.value) ? "CN" : input.value ? "VN" : "");
  if (country.value !== guess) put(`${group}.country`, guess);
  for (const part of form.querySelectorAll(`[data-unless-known="${input.name}"]`)) part.hidden = Boolean(own) || !input.value;
}

// ---- saving
async function save() {
  if (busy || (amends ? false : !waiting())) return;
  busy = true;
  const sent = { ...pending };
  try {
    const answer = await send(`${address}/save`, { changes: sent, version });
    offline = false;
    problems = answer.problems;
    if (!amends) {
      for (const [path, value] of Object.entries(sent)) if (pending[path] === value) delete pending[path];
      localStorage.setItem(place, JSON.stringify(pending));
      if (!waiting()) localStorage.removeItem(place);
      ({ version, saved_at: savedAt } = answer);
      if (answer.others) document.getElementById("others").hidden = false;
    }
    judge();
  } catch (error) {
    if (error instanceof Refused && error.status < 500) say(error.message, "stop");
    else { offline = true; setTimeout(save, AGAIN_MS); }
  } finally {
    busy = false;
    tell();
  }
  if (!offline && !amends && waiting()) save();
}
window.addEventListener("online", save);

function tell() {
  const [kind, words] = offline ? ["hold", t("No network: kept on this device, not sent yet")]
    : amends && waiting() ? ["hold", t("Kept on this device; not filed yet")]
    : waiting() ? ["calm", t("not sent yet")]
    : ["go", t("saved {time}", { time: hour(savedAt) })];
  saved.dataset.kind = kind;
  saved.textContent = words;
}

// ---- problems: those of empty fields only where the step was left, or a submission tried
const stepOf = (path) => steps.findIndex((one) => one.querySelector(`.field[data-path="${CSS.escape(path)}"]`));
const missing = new Set(["required", "goods_missing", "driver_missing", "customs_missing", "trailer_missing", "seal_missing", "certificate_wanted", "permitted_unknown"]);
const wants = (one) => seen.has(stepOf(one.path)) || !missing.has(one.code);

function judge() {
  show(form, problems, wants);
  for (const [n, tab] of tabs.entries()) {
    const here = problems.filter((one) => stepOf(one.path) === n && one.severity === "error");
    const begun = seen.has(n) || [...steps[n].querySelectorAll("[name]")].some(filled);
    tab.dataset.state = here.length && seen.has(n) ? "wrong" : here.length || !begun ? "open" : "done";
    tab.dataset.left = here.length;
  }
  review();
}

const filled = (input) => (input.type === "radio" ? input.checked : input.value !== "");

function review() {
  const errors = problems.filter((one) => one.severity === "error");
  const looks = problems.filter((one) => one.severity === "review");
  const list = document.getElementById("review-list");
  document.getElementById("review-title").textContent = errors.length
    ? t("Still to do: {n}", { n: errors.length }) : t("Everything needed is there");
  list.replaceChildren(...errors.map(line));
  const officer = t("An officer looks at it before it is accepted:");
  document.getElementById("review-note").textContent = looks.length
    ? [officer, ...looks.map((one) => one.text)].join(" ")
    : errors.length ? "" : t("It will be accepted at once.");
}

function line(problem) {
  const item = document.createElement("li"), link = document.createElement("a");
  const name = nameOf(form, problem.path);
  link.href = `#${problem.path}`;
  link.textContent = name ? `${name}: ${problem.text}` : problem.text;
  link.addEventListener("click", (event) => { event.preventDefault(); find(problem.path); });
  item.append(link);
  return item;
}

function find(path) {
  const n = stepOf(path), field = fieldOf(form, path);
  if (n < 0 || !field) return;
  seen.add(n);
  go(n, false);
  judge();
  field.closest("details")?.setAttribute("open", "");
  field.scrollIntoView({ block: "center" });
  field.querySelector("input, select, textarea")?.focus({ preventScroll: true });
}

// ---- steps
function go(n, focus = true) {
  step = Math.max(0, Math.min(steps.length - 1, n));
  for (const [at, one] of steps.entries()) one.hidden = at !== step;
  for (const [at, tab] of tabs.entries()) {
    if (at === step) tab.setAttribute("aria-current", "step");
    else tab.removeAttribute("aria-current");
  }
  if (step === 3) showHours();
  history.replaceState(null, "", `#${step + 1}`);
  if (focus) { window.scrollTo(0, 0); steps[step].querySelector("h2").focus(); }
}
for (const tab of tabs) tab.addEventListener("click", () => { leave(); go(Number(tab.dataset.go)); });
for (const button of form.querySelectorAll("[data-next]")) button.addEventListener("click", () => { leave(); go(step + 1); });
for (const button of form.querySelectorAll("[data-back]")) button.addEventListener("click", () => go(step - 1));
function leave() { seen.add(step); judge(); save(); }

// ---- vehicles, drivers, lines
for (const chip of form.querySelectorAll("[data-fill]")) {
  chip.addEventListener("click", () => {
    put(chip.dataset.fill, chip.dataset.value);
    plateTyped(form.elements.namedItem(chip.dataset.fill));
  });
}
document.getElementById("own-driver")?.addEventListener("change", (event) => {
  const own = known.drivers[event.target.value];
  for (const [path, value] of Object.entries(own ?? {})) put(path, value);
  if (own) document.getElementById("driver-fields").removeAttribute("open");
});
for (const button of form.querySelectorAll("[data-add]")) {
  button.addEventListener("click", () => {
    const lines = form.querySelector(`.lines[data-list="${button.dataset.add}"]`);
    lines.append(made(lines, lines.dataset.nextLine));
    lines.dataset.nextLine = Number(lines.dataset.nextLine) + 1;
    lines.lastElementChild.querySelector("input").focus();
  });
}
function made(lines, n) {
  const part = document.createElement("template");
  part.innerHTML = lines.querySelector("template").innerHTML.replaceAll("__n__", n);
  return part.content;
}
form.addEventListener("click", (event) => {
  const part = event.target.closest("[data-remove]")?.closest(".line");
  if (!part) return;
  for (const input of part.querySelectorAll("[name]")) change(input.name, null);
  part.remove();
});

// ---- hours
async function showHours() {
  if (!hours || step !== 3) return;
  const direction = form.elements.namedItem("direction").value;
  const day = form.querySelector(".days [aria-pressed=true]")?.dataset.day ?? "";
  const query = new URLSearchParams({ direction, day, chosen: hours.dataset.chosen ?? "" });
  try {
    await renew(hours, `/portal/hours?${query}`);
  } catch {
    hours.textContent = t("The hours can't be loaded without a network. You can go on and book later.");
  }
}
hours?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-from]");
  if (!button) return;
  hours.dataset.chosen = button.dataset.from;
  for (const one of hours.querySelectorAll("[data-from]")) one.setAttribute("aria-pressed", String(one === button));
  change("window_from", button.dataset.from);
  change("window_to", button.dataset.to);
  for (const name of ["window_from", "window_to"]) form.elements.namedItem(name).value = "";
  document.getElementById("other-time").removeAttribute("open");
});
for (const chip of form.querySelectorAll("[data-day]")) {
  chip.addEventListener("click", () => {
    for (const one of form.querySelectorAll("[data-day]")) one.setAttribute("aria-pressed", String(one === chip));
    showHours();
  });
}

// ---- submission
document.getElementById("submit").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  for (const n of steps.keys()) seen.add(n);
  button.disabled = true;
  try {
    clearTimeout(timer);
    while (busy) await new Promise((done) => setTimeout(done, 50));
    await save();
    const first = problems.find((one) => one.severity === "error");
    if (first) { judge(); find(first.path); say(t("Something is missing or wrong: see the marked fields."), "stop"); return; }
    if (waiting() && !amends) { say(t("It can't be submitted without a network. It is kept here."), "stop"); return; }
    const answer = await send(`${address}/submit`, { changes: pending, version });
    localStorage.removeItem(place);
    location.href = answer.go;
  } catch (error) {
    if (error instanceof Refused && error.answer.problems) { problems = error.answer.problems; judge(); }
    say(error instanceof Refused ? error.message : t("It can't be submitted without a network. It is kept here."), "stop");
  } finally {
    button.disabled = false;
  }
});

// ---- begin: what an earlier visit could not send comes first
for (const [path, value] of Object.entries(pending)) {
  let input = form.elements.namedItem(path);
  const [list, n] = path.split(".");
  const lines = form.querySelector(`.lines[data-list="${list}"]`);
  if (!input && lines && value !== null) {
    lines.append(made(lines, n));
    lines.dataset.nextLine = Math.max(Number(lines.dataset.nextLine), Number(n) + 1);
    input = form.elements.namedItem(path);
  }
  if (input) input.value = value ?? "";
}
for (const name of ["tractor.plate", "trailer.plate"]) {
  const input = form.elements.namedItem(name), own = known.vehicles[plain(input.value)];
  for (const part of form.querySelectorAll(`[data-unless-known="${name}"]`)) part.hidden = Boolean(own) || !input.value;
}
go(Number(location.hash.slice(1)) - 1 || 0, false);
judge();
tell();
if (waiting()) save();
