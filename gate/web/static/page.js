// What every signed-in page has: theme and sign-out.
const root = document.documentElement;
const kept = localStorage.getItem("theme");
if (kept) root.dataset.theme = kept;

document.getElementById("theme")?.addEventListener("click", () => {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
});

export async function send(path, body) {
  const headers = {
    "X-CSRF-Token": document.querySelector("meta[name=csrf]").content,
    "Content-Type": "application/json",
  };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body ?? {}) });
  const answer = await response.json().catch(() => ({}));
  if (response.status === 401) location.href = "/sign-in";
  if (!response.ok) throw new Error(answer.error ?? `The server answered ${response.status}.`);
  return answer;
}

document.getElementById("sign-out")?.addEventListener("click", async () => {
  await send("/sign-out").catch(() => undefined);
  location.href = "/sign-in";
});
