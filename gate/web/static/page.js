// What every page has: theme, sign-out, forms that send without leaving the page, and messages.
import { t } from "./words.js";

const root = document.documentElement;

document.getElementById("theme")?.addEventListener("click", () => {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});

export class Refused extends Error {
  constructor(answer, status) {
    super(answer.error ?? t("The server answered {status}.", { status }));
    this.status = status;
    this.answer = answer;
  }
}

const token = () => document.querySelector("meta[name=csrf]").content;

// Send JSON (or a FormData as it is); the answer as an object. Throws Refused.
export async function send(path, body, method = "POST") {
  const form = body instanceof FormData;
  const headers = { "X-CSRF-Token": token(), Accept: "application/json" };
  if (!form) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method, headers, body: method === "GET" ? undefined : form ? body : JSON.stringify(body ?? {}) });
  const answer = await response.json().catch(() => ({}));
  if (response.status === 401) location.href = "/sign-in";
  if (response.status === 403 && answer.go) location.href = answer.go;
  if (!response.ok) throw new Refused(answer, response.status);
  return answer;
}

// Fetch a part of a page (HTML made by this server) and put it in the place of an element's content.
export async function renew(element, path) {
  const response = await fetch(path, { headers: { Accept: "text/html", "X-Part": "yes" } });
  if (!response.ok) throw new Refused({}, response.status);
  if (response.redirected) { location.href = response.url; return; }
  element.innerHTML = await response.text();
}

// A short message at the bottom of the page.
export function say(text, kind = "calm") {
  const place = document.getElementById("said");
  place.textContent = text;
  place.dataset.kind = kind;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { place.textContent = ""; }, 6000);
}

document.getElementById("sign-out")?.addEventListener("click", async () => {
  await send("/sign-out").catch(() => undefined);
  location.href = "/sign-in";
});

// The lock screen, in all tabs of this browser.
const screens = new BroadcastChannel("gate-lock");
const locked = () => { location.href = `/unlock?back=${encodeURIComponent(location.pathname + location.search)}`; };
screens.addEventListener("message", locked);
document.getElementById("lock")?.addEventListener("click", async () => {
  await send("/lock").then(() => screens.postMessage("locked")).then(locked).catch((error) => say(error.message, "stop"));
});

// Pages with a stream ask this when it broke off: the session may be locked or over.
export async function checkSession() {
  const answer = await send("/session", undefined, "GET").catch(() => ({}));
  if (answer.go) location.href = answer.go;
}

// <form data-send="/path">: its fields go as JSON; data-then is where to go when it worked.
for (const form of document.querySelectorAll("form[data-send]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    // Before the button is disabled: a disabled one would not be among the fields.
    const fields = new FormData(form, button);
    if (button) button.disabled = true;
    try {
      const files = [...form.elements].some((one) => one.type === "file");
      const answer = await send(form.dataset.send, files ? fields : Object.fromEntries(fields));
      if (form.dataset.then !== undefined) location.href = answer.go ?? form.dataset.then;
      else { say(answer.said ?? t("Saved.")); form.dispatchEvent(new CustomEvent("sent", { detail: answer, bubbles: true })); }
    } catch (error) {
      say(error.message, "stop");
    } finally {
      if (button) button.disabled = false;
    }
  });
}
