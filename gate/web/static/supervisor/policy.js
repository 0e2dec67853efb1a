// The policy editor: line numbers, the server's verdict as one types, and the comparison with the past.
import { send, say } from "../page.js";
import { number, t } from "../words.js";

const text = document.getElementById("toml");
const lines = document.getElementById("lines");
const verdict = document.getElementById("verdict");
const preview = document.getElementById("preview");
const WAIT_MS = 300;

function count() {
  const many = text.value.split("\n").length;
  lines.textContent = Array.from({ length: many }, (_, n) => n + 1).join("\n");
  lines.scrollTop = text.scrollTop;
}

function line(words, kind) {
  const made = document.createElement("p");
  made.className = kind === "stop" ? "wrong-text" : "hint";
  made.textContent = words;
  return made;
}

let asked = 0;
async function check() {
  const mine = ++asked;
  const answer = await send("/policy/check", { toml: text.value }).catch((error) => ({ good: false, problems: [error.message] }));
  if (mine !== asked) return;
  text.setAttribute("aria-invalid", String(!answer.good));
  verdict.replaceChildren(
    ...(answer.good
      ? [line(t("A good policy: {name} {version}. It opens above a probability of {share} %. SHA-256 {hash}", {
          name: answer.name, version: answer.version, share: number(answer.release_min * 100, 3), hash: `${answer.hash.slice(0, 16)}…` }))]
      : answer.problems.map((problem) => line(problem, "stop"))),
  );
}

let timer;
text.addEventListener("input", () => {
  count();
  clearTimeout(timer);
  timer = setTimeout(check, WAIT_MS);
});
text.addEventListener("scroll", () => { lines.scrollTop = text.scrollTop; });

function cell(row, words, link) {
  const made = row.insertCell();
  if (link) {
    const to = document.createElement("a");
    to.href = link;
    to.textContent = words;
    made.append(to);
  } else made.textContent = words;
}

function show(answer) {
  const parts = [line(t("{changed} of {total} decisions would be others.", { changed: number(answer.changed), total: number(answer.total) }))];
  const moves = document.createElement("table");
  moves.className = "list";
  for (const move of answer.moves) {
    const row = moves.insertRow();
    cell(row, move.before === move.after ? t("{outcome}, with other reasons", { outcome: move.before }) : `${move.before} → ${move.after}`);
    cell(row, number(move.times));
    row.cells[1].className = "number";
  }
  if (answer.moves.length) parts.push(moves);
  const examples = document.createElement("table");
  examples.className = "list";
  for (const one of answer.examples) {
    const row = examples.insertRow();
    cell(row, one.at, `/transits/${one.transit}`);
    cell(row, `${one.before}: ${one.codes_before}`);
    cell(row, `${one.after}: ${one.codes_after}`);
  }
  if (answer.examples.length) parts.push(line(t("The newest of them:")), examples);
  preview.replaceChildren(...parts);
}

const compare = document.getElementById("compare");
compare.addEventListener("click", async () => {
  compare.disabled = true;
  preview.replaceChildren(line(t("Deciding anew …")));
  try {
    show(await send("/policy/preview", { toml: text.value, days: document.getElementById("days").value }));
  } catch (error) {
    preview.replaceChildren(line(error.message, "stop"));
    say(error.message, "stop");
  } finally {
    compare.disabled = false;
  }
});

count();
check();
