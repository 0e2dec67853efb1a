// Forms that are checked by the server while one types, and kept in the browser until they were sent.
import { send, say, Refused } from "../page.js";
import { t } from "../words.js";
import { show, fieldOf } from "./problems.js";

const WAIT_MS = 350;
const SECRET = new Set(["password", "csrf"]);

for (const form of document.querySelectorAll("form.live")) alive(form);

function alive(form) {
  const { check, to, keep, version, once } = form.dataset;
  const place = keep ? `form ${keep}` : "";
  const problem = form.querySelector("p.problem");
  const touched = new Set();
  let tried = false, timer = 0, latest = 0;
  const wants = (one) => tried || one.code !== "required" && touched.has(one.path);

  // On a slow line one types before this script is here: that counts, and is not written over.
  for (const field of form.elements) {
    if (field.name && field.defaultValue !== undefined && field.value !== field.defaultValue) touched.add(field.name);
  }
  restore();
  if (touched.size) {
    remember();
    if (check) examine();
  }
  form.addEventListener("input", (event) => {
    touched.add(event.target.name);
    remember();
    if (!check) return;
    clearTimeout(timer);
    timer = setTimeout(examine, WAIT_MS);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    tried = true;
    problem.hidden = true;
    if (button) button.disabled = true;
    try {
      const body = values();
      if (version) body.version = Number(version);
      const answer = await send(to, body);
      if (place) localStorage.removeItem(place);
      if (once) reveal(answer.secret);
      else location.href = answer.go;
    } catch (error) {
      refused(error);
    } finally {
      if (button) button.disabled = false;
    }
  });

  function values() { return Object.fromEntries(new FormData(form)); }

  async function examine() {
    const mine = ++latest;
    try {
      const answer = await send(check, values());
      if (mine === latest) show(form, answer.problems, wants);
    } catch (error) {
      if (error instanceof Refused && error.status !== 429) say(error.message, "stop");
    }
  }

  function refused(error) {
    const known = error instanceof Refused;
    const problems = (known && error.answer.problems) || [];
    show(form, problems);
    problem.textContent = known ? error.message : t("No network. What you typed is kept here; send it again when the network is back.");
    problem.hidden = false;
    const first = problems.map((one) => fieldOf(form, one.path)).find(Boolean);
    (first?.querySelector("input, select, textarea") ?? problem).scrollIntoView({ block: "center" });
    first?.querySelector("input, select, textarea")?.focus({ preventScroll: true });
  }

  function remember() {
    if (!place) return;
    const kept = Object.fromEntries(Object.entries(values()).filter(([name]) => !SECRET.has(name)));
    localStorage.setItem(place, JSON.stringify(kept));
  }

  function restore() {
    const kept = place ? JSON.parse(localStorage.getItem(place) ?? "{}") : {};
    for (const [name, value] of Object.entries(kept)) {
      const field = form.elements.namedItem(name);
      if (field && "value" in field && !touched.has(name)) field.value = value;
    }
  }

  function reveal(secret) {
    const card = document.getElementById("once");
    document.getElementById("secret").textContent = secret;
    card.hidden = false;
    form.closest("section").hidden = true;
    card.focus();
  }
}

document.getElementById("copy-secret")?.addEventListener("click", async () => {
  await navigator.clipboard.writeText(document.getElementById("secret").textContent);
  say(t("Copied."));
});
