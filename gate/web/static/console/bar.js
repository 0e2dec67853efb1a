// The bar: who is on the lane, barrier, devices, clock.
import { clock, hour, t } from "../words.js";
import { $, element, name, write } from "./dom.js";
import { now, on } from "./live.js";

function showBarrier(s) {
  const b = s.barrier;
  const arm = b.online ? b.arm : "offline";
  $("barrier").dataset.arm = arm;
  const more = [b.local ? t("local key") : "", b.safety ? t("vehicle under the arm") : "", b.exit ? t("vehicle at the exit") : ""].filter(Boolean);
  write($("barrier-word"), t("Barrier {arm}", { arm: name("arm", arm) }));
  write($("barrier-more"), more.join(", "));
  $("barrier-more").hidden = !more.length;
}

function showDevices(s) {
  const dots = s.devices.map((d) => {
    const words = `${d.id} (${name("device", d.kind)}): ${d.online ? name("arm", "online") : name("arm", "offline")}, ${name("trust", d.clock)}`;
    return element("li", null, { class: d.online ? "on" : "off", title: words },
      element("span", d.online ? "●" : "✕", { "aria-hidden": "true" }), element("span", words, { class: "for-readers" }));
  });
  $("devices").replaceChildren(...dots);
}

function showLane(s) {
  const words = s.lane.officer ? t("{who} since {time}", { who: s.lane.officer_name, time: hour(s.lane.officer_since) }) : t("Nobody on the lane");
  if ($("on-lane-words")) {
    write($("on-lane-words"), words);
    $("on-lane").title = words; // a long name is cut in the bar
  }
  const mode = s.lane.closed ? t("lane closed") : s.lane.manual ? t("worked by hand") : "";
  $("mode").hidden = !mode;
  write($("mode"), mode && `■ ${mode}`);
  // The state stands in the place of the button's own word, which readers still hear.
  $("mode-word")?.classList.toggle("for-readers", Boolean(mode));
}

on(["barrier"], showBarrier);
on(["devices"], showDevices);
on(["lane"], showLane);
document.addEventListener("second", () => write($("clock"), clock(new Date(now()))));

// With many lanes the row of them scrolls: this lane is in sight from the start.
document.querySelector(".lane-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

export function openMenu() {
  $("lane-menu").showPopover();
  $("lane-menu").querySelector("a, button").focus();
}
