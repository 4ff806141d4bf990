// Charts of reports, drawn by uPlot from what the page carries. Colours come from the style sheet, so light, dark and
// print agree with the rest; the table beneath and the sentence beside say the same to whoever sees no chart.
import uPlot from "uplot";

const HEIGHT = 220;
const language = document.documentElement.lang || "en";

function colour(name) {
  const probe = document.createElement("span");
  probe.className = `plot__colour plot__colour--${name}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function formats(plot) {
  const options = { maximumFractionDigits: plot.kind === "count" ? 0 : 2 };
  if (plot.kind === "money") Object.assign(options, { style: "currency", currency: plot.currency });
  const short = { ...options, notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0 };
  const unit = plot.kind === "share" ? "%" : "";
  const long = new Intl.NumberFormat(language, plot.kind === "money" ? { style: "currency", currency: plot.currency } : options);
  const axis = new Intl.NumberFormat(language, short);
  return {
    long: (value) => (value == null ? "–" : long.format(value) + unit),
    axis: (value) => axis.format(value) + unit,
  };
}

function bars() {
  return uPlot.paths.bars({ size: [0.72, 40], align: 0 });
}

function draw(figure) {
  const plot = JSON.parse(figure.dataset.plot);
  const room = figure.querySelector("[data-plot-room]");
  const label = figure.querySelector("[data-plot-label]");
  const { long, axis } = formats(plot);
  const places = plot.labels.map((_, place) => place);
  const ink = colour("ink");
  const line = colour("line");
  const main = colour("main");
  const past = colour("past");
  const isBars = plot.looks === "bars";
  const before = places.map((place) => plot.before[place] ?? null);
  const every = Math.max(1, Math.ceil(places.length / Math.max(2, Math.floor(room.clientWidth / 90))));
  const series = [
    {},
    { stroke: main, fill: isBars ? main : undefined, width: isBars ? 0 : 2, paths: isBars ? bars() : undefined, points: { show: !isBars && places.length < 40 } },
  ];
  const data = [places, plot.values];
  if (plot.before.length) {
    series.push({ stroke: past, width: 2, dash: [5, 4], points: { show: false } });
    data.push(before);
  }
  const options = {
    width: Math.max(260, room.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false, range: [-0.6, places.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(most * 1.08, plot.kind === "count" ? 4 : 1)] } },
    series,
    axes: [
      { stroke: ink, grid: { show: false }, ticks: { show: false }, splits: () => places.filter((place) => (places.length - 1 - place) % every === 0), values: (_, splits) => splits.map((place) => plot.labels[place].split(" – ")[0]) },
      { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, size: 64, values: (_, splits) => splits.map(axis) },
    ],
    hooks: {
      setCursor: [
        (chart) => {
          const place = chart.cursor.idx;
          if (!label) return;
          if (place == null) {
            label.textContent = "";
            return;
          }
          const then = plot.before.length ? ` (${plot.beforeLabels[place] ?? "–"}: ${long(plot.before[place])})` : "";
          label.textContent = `${plot.labels[place]}: ${long(plot.values[place])}${then}`;
        },
      ],
    },
  };
  room.replaceChildren();
  return new uPlot(options, data, room);
}

const figures = [...document.querySelectorAll("[data-plot]")];
const charts = new Map();

function drawAll() {
  for (const figure of figures) {
    charts.get(figure)?.destroy();
    if (JSON.parse(figure.dataset.plot).labels.length) charts.set(figure, draw(figure));
  }
}

drawAll();
let waiting;
const wide = new WeakMap();
const observer = new ResizeObserver((entries) => {
  const changed = entries.some(({ target, contentRect }) => {
    const before = wide.get(target);
    wide.set(target, Math.round(contentRect.width));
    return before !== undefined && before !== Math.round(contentRect.width);
  });
  if (!changed) return;
  clearTimeout(waiting);
  waiting = setTimeout(drawAll, 120);
});
for (const figure of figures) observer.observe(figure);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "class", "style"] });

// On paper every table is open.
addEventListener("beforeprint", () => {
  for (const table of document.querySelectorAll("details[data-table]:not([open])")) {
    table.open = true;
    table.dataset.opened = "";
  }
});
addEventListener("afterprint", () => {
  for (const table of document.querySelectorAll("details[data-opened]")) {
    table.open = false;
    delete table.dataset.opened;
  }
});
