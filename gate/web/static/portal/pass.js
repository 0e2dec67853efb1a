// The pass: printed by a button; the screen stays on while it is shown, where the phone can do that.
document.getElementById("print")?.addEventListener("click", () => window.print());

async function stayAwake() {
  if (document.hidden || !("wakeLock" in navigator)) return;
  await navigator.wakeLock.request("screen").catch(() => undefined);
}
if (document.querySelector(".qr")) {
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
}
