// Upload of a table, and filing what its check found good.
import { send, say } from "../page.js";
import { number, t } from "../words.js";

const upload = document.getElementById("upload"), commit = document.getElementById("commit");

upload?.addEventListener("submit", () => {
  document.getElementById("uploading").textContent = t("Reading and checking every row; large tables take some seconds.");
});
upload?.addEventListener("input", () => { document.getElementById("uploading").textContent = ""; });

commit?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const note = commit.querySelector("[role=status]");
  button.disabled = true;
  note.textContent = t("Filing the rows; thousands take some seconds. It goes on even if this page is closed.");
  try {
    const answer = await send(commit.dataset.to, Object.fromEntries(new FormData(commit)));
    commit.hidden = true;
    const card = document.getElementById("committed");
    document.getElementById("committed-title").textContent = answer.filed
      ? t("Filed: {n}", { n: number(answer.filed) })
      : t("Nothing was filed");
    document.getElementById("committed-text").textContent = answer.left
      ? t("Left out: {n}. Download them with their errors, put them right and upload them again.", { n: number(answer.left) })
      : t("All rows are filed.");
    card.hidden = false;
    card.focus();
  } catch (error) {
    say(error.message, "stop");
    note.textContent = "";
    button.disabled = false;
  }
});
