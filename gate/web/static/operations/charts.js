// Charts of the day. Each is made once and fed anew: a wall runs for weeks.
import uPlot from "../uplot/uPlot.esm.js";
import { t } from "../words.js";

const root = document.documentElement;
const wall = document.body.classList.contains("wall");
const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
const HOURS = Array.from({ length: 25 }, (_, n) => n);
const made = [];

const size = (place) => ({ width: Math.max(160, place.clientWidth), height: Math.max(90, place.clientHeight) });
const font = () => `${wall ? Math.max(20, Math.round(innerHeight / 50)) : 13}px "Inter Variable", sans-serif`;

function axes(unit) {
  const line = { stroke: () => token("--soft"), font: font(), grid: { stroke: () => token("--line"), width: 1 }, ticks: { show: false } };
  const big = wall ? 1.7 : 1;
  return [
    { ...line, size: 26 * big, gap: wall ? 10 : 5, grid: { show: false }, splits: () => [0, 6, 12, 18, 24], values: (_, all) => all.map((n) => `${String(n).padStart(2, "0")}:00`) },
    { ...line, size: (unit ? 62 : 44) * big, space: 34 * big, values: (_, all) => all.map((n) => (unit ? `${n} ${unit}` : Number.isInteger(n) ? String(n) : "")) },
  ];
}

function make(place, series, unit, bands) {
  const chart = new uPlot({
    ...size(place), cursor: { show: false }, legend: { show: false }, padding: [wall ? 18 : 8, wall ? 40 : 22, 0, 0],
    scales: { x: { time: false, range: [0, 24] }, y: { range: (_, __, most) => [0, Math.max(most * 1.1, unit ? 10 : 5)] } },
    axes: axes(unit), series: [{}, ...series], bands,
  }, [HOURS, ...series.map(() => HOURS.map(() => null))], place);
  new ResizeObserver(() => chart.setSize(size(place))).observe(place);
  made.push(chart);
  return chart;
}

// Trucks of each hour: today as bars, the same day last week as a stepped line.
export function hoursChart(place) {
  const chart = make(place, [
    { stroke: () => token("--series-now"), fill: () => token("--series-now"), paths: uPlot.paths.bars({ size: [0.7], align: 1 }), points: { show: false } },
    { stroke: () => token("--series-last"), width: wall ? 5 : 2, dash: [10, 6], paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } },
  ], "");
  return (today, last) => chart.setData([HOURS, [...today, null], [...last, last.at(-1) ?? null]]);
}

// Mean seconds of each stage, stacked: each series is drawn as the sum of itself and those below.
export function stagesChart(place, names) {
  const bars = uPlot.paths.bars({ size: [0.8], align: 1 });
  const series = names.map((_, n) => ({ stroke: () => token("--bg"), width: 1, fill: () => token(`--stage-${n + 1}`), paths: bars, points: { show: false } }));
  const chart = make(place, series.reverse(), t("s"));
  return (rows) => {
    let below = HOURS.map(() => 0);
    const sums = rows.map((row) => {
      below = below.map((sum, hour) => sum + (row[hour] ?? 0));
      return below.map((sum, hour) => (row[hour] === null || row[hour] === undefined ? null : sum));
    });
    chart.setData([HOURS, ...sums.reverse()]);
  };
}

new MutationObserver(() => made.forEach((chart) => chart.redraw(false, true)))
  .observe(root, { attributes: true, attributeFilter: ["data-theme"] });
