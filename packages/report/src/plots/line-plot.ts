import { type Html, html, trusted } from "../html/html.ts";
import { renderSvg } from "./svg.ts";

/** One line of a plot. */
export interface Line {
  readonly name: string;
  /** `[x, y]` in order of x; a y that is not finite leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Number of a color of the page, from 1 to 8. */
  readonly color: number;
  readonly dashed?: boolean;
  /** Marks each point. */
  readonly dots?: boolean;
}

/** A level that lines are read against; the legend names it, since a label in the plot would lie on the lines. */
export interface Level {
  readonly y: number;
  readonly label: string;
}

/** A stretch of x that something is said of. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An axis of a plot. */
export interface Axis {
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
  readonly log?: boolean;
  /** Whole numbers only. */
  readonly integer?: boolean;
  readonly percent?: boolean;
}

/** What {@link linePlot} draws. */
export interface LinePlotInput {
  /** Unique in the page. */
  readonly id: string;
  /** What is seen, in one sentence: the figure's caption. */
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly levels?: readonly Level[];
  /** Shaded. */
  readonly spans?: readonly Span[];
  /** A position of x that something happened at. */
  readonly moment?: { readonly x: number; readonly label: string };
  /** Draws the diagonal from (0, 0) to (1, 1). */
  readonly diagonal?: boolean;
  /** Pixels of the drawing; default 520 x 300. */
  readonly height?: number;
  /** The numbers, for whoever does not see the drawing, or wants to copy them. */
  readonly table?: Html;
}

const WIDTH = 520;
const MUTED = "var(--muted)";

/** A figure of lines with a legend in words. */
export function linePlot(input: LinePlotInput): Html {
  const { id, caption, lines, levels = [], height = 300, table } = input;
  const svg = renderSvg(id, optionOf(input), { width: WIDTH, height });
  const entries = [
    ...lines.map(({ name, color, dashed }) => entry(name, `var(--s${color})`, 3, dashed ? "5 3" : "none")),
    ...levels.map(({ label }) => entry(label, MUTED, 1.5, "3 3")),
  ];
  const legend = entries.length > 1 && html`<p class="small legend">${entries}</p>`;
  return html`<figure class="plot" aria-labelledby="${id}-caption">${trusted(svg)}${legend}<figcaption id="${id}-caption">${caption}</figcaption>${table && html`<details><summary>The numbers</summary><div class="scroll" tabindex="0" role="region" aria-label="Numbers of: ${caption}">${table}</div></details>`}</figure>`;
}

/** A line of the legend: how it is drawn, and what it is. */
function entry(name: string, color: string, width: number, dashes: string): Html {
  return html`<span><svg width="26" height="8" aria-hidden="true" style="display:inline;width:26px"><line x1="0" y1="4" x2="26" y2="4" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dashes}"/></svg> ${name}</span> `;
}

function optionOf({ x, y, lines, levels = [], spans = [], moment, diagonal }: LinePlotInput) {
  const marks = [
    ...levels.map(({ y: at }) => ({ yAxis: at, label: { show: false } })),
    ...(moment ? [{ xAxis: moment.x, label: { formatter: moment.label, position: "end" } }] : []),
    ...(diagonal ? [[{ coord: [0, 0] }, { coord: [1, 1] }]] : []),
  ];
  const series = lines.map(({ name, points, color, dashed, dots }) => ({
    type: "line",
    name,
    data: points.map(([at, value]) => [at, Number.isFinite(value) ? value : null]),
    symbol: dots || points.length === 1 ? "circle" : "none",
    symbolSize: 6,
    itemStyle: { color: `var(--s${color})` },
    lineStyle: { color: `var(--s${color})`, width: 2.25, type: dashed ? [6, 4] : "solid" },
  }));
  // Marks belong to a series of their own, so that they are there whatever lines are.
  const marked = {
    type: "line",
    data: [],
    symbol: "none",
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: MUTED, type: [3, 3], width: 1.25 },
      label: { color: MUTED, fontSize: 12 },
      data: marks,
    },
    markArea: {
      silent: true,
      itemStyle: { color: "var(--mark)" },
      data: spans.map(({ from, to }) => [{ xAxis: from }, { xAxis: to }]),
    },
  };
  return {
    grid: { left: 58, right: 20, top: 24, bottom: 44 },
    xAxis: { ...axisOf(x), nameGap: 26, splitLine: { show: false } },
    yAxis: { ...axisOf(y), nameGap: 42, splitLine: { lineStyle: { color: "var(--line)" } } },
    series: [...series, marked],
  };
}

function axisOf({ name, min, max, log, integer, percent }: Axis) {
  // The powers of a logarithmic axis come as 0.00009999999999999999.
  const exact = log ? (value: number) => String(Number(value.toPrecision(3))) : undefined;
  const format = percent ? (value: number) => `${Math.round(100 * value)} %` : exact;
  return {
    type: log ? "log" : "value",
    name,
    nameLocation: "middle",
    nameTextStyle: { color: MUTED, fontSize: 12 },
    scale: true,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(integer && { minInterval: 1 }),
    axisLine: { show: true, lineStyle: { color: "var(--line)" } },
    axisTick: { lineStyle: { color: "var(--line)" } },
    axisLabel: { color: MUTED, fontSize: 12, hideOverlap: true, ...(format && { formatter: format }) },
  };
}
