// Forms of acts: what is shown once stays on the page; else the page goes on to where the answer says.
import { say } from "../page.js";

const place = document.getElementById("once");
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("sent", ({ detail }) => {
    if (detail.once && place) {
      place.hidden = false;
      place.querySelector(".secret").textContent = detail.once;
      place.scrollIntoView({ block: "center" });
      form.reset();
      say(detail.said);
    } else if (detail.go) {
      location.href = detail.go;
    }
  });
}
