// The lane console: its parts, and the stream that feeds them.
import "./bar.js";
import "./decision.js";
import "./compare.js";
import "./match.js";
import "./pictures.js";
import "./board.js";
import "./keys.js";
import { closeCorrect, isCorrecting } from "./correct.js";
import { $ } from "./dom.js";
import { on, start, state } from "./live.js";

// A truck that has gone takes its questions with it: an answer must not meet the next one.
let asked = "";
on(["transit"], () => {
  const transit = state.transit?.id ?? "";
  if (asked && transit !== asked) {
    if (isCorrecting()) closeCorrect();
    if ($("ask").open) $("ask").close();
  }
  asked = transit;
});

start(`/lanes/${$("console").dataset.lane}/stream`);
