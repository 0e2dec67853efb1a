// The lane's mode: by the machine, by hand, or closed, with a reason.
import { send } from "../page.js";
import { t } from "../words.js";
import { failed, problem } from "./acts.js";
import { $ } from "./dom.js";
import { stale, state } from "./live.js";

const { lane } = $("console").dataset;

const current = () => (state.lane?.closed ? "closed" : state.lane?.manual ? "manual" : "automatic");

export function askMode() {
  if (stale()) { problem(t("Not possible: the connection is lost. Nothing was sent.")); return; }
  for (const one of document.querySelectorAll("#mode-form [name=mode]")) one.checked = one.value === current();
  $("mode-reason").value = "";
  $("mode-problem").hidden = true;
  $("mode-ask").showModal();
  document.querySelector("#mode-form [name=mode]:checked").focus();
}

$("mode-form")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const mode = document.querySelector("#mode-form [name=mode]:checked").value;
  $("mode-do").disabled = true;
  try {
    if (stale()) throw new Error();
    await send(`/lanes/${lane}/mode`, { mode, reason: $("mode-reason").value });
    $("mode-ask").close();
  } catch (error) {
    $("mode-problem").textContent = failed(error);
    $("mode-problem").hidden = false;
  } finally {
    $("mode-do").disabled = false;
  }
});
$("mode-cancel")?.addEventListener("click", () => $("mode-ask").close());
$("show-mode")?.addEventListener("click", askMode);
