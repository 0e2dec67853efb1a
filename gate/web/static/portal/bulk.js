// Upload of a table: while thousands of rows are read and checked.
import { t } from "../words.js";

const upload = document.getElementById("upload");

upload?.addEventListener("submit", () => {
  document.getElementById("uploading").textContent = t("Reading and checking every row; large tables take some seconds.");
});
upload?.addEventListener("input", () => { document.getElementById("uploading").textContent = ""; });
