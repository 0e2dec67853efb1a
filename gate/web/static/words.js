// The page's words, dates and numbers in its language.
const told = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
export const language = document.documentElement.lang;
const timeZone = document.documentElement.dataset.timezone;
const locale = { vi: "vi-VN", "zh-Hans": "zh-CN", en: "en-GB" }[language] ?? "en-GB";

// t("{n} trucks wait", { n: 3 }): the message in the page's language with its places filled.
export function t(message, values = {}) {
  return (told[message] ?? message).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

const formats = {
  clock: new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  hour: new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }),
  day: new Intl.DateTimeFormat(language === "zh-Hans" ? "sv-SE" : "en-GB", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }),
};
const at = (moment) => (moment instanceof Date ? moment : new Date(moment));
export const clock = (moment) => (moment ? formats.clock.format(at(moment)) : "–");
export const hour = (moment) => (moment ? formats.hour.format(at(moment)) : "–");
export const day = (moment) => (moment ? formats.day.format(at(moment)) : "–");
export const number = (value, digits = 0) =>
  value === null || value === undefined ? "–" : new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
export const percent = (share, digits = 1) => (share === null || share === undefined ? "–" : `${number(share * 100, digits)} %`);
