import type { Diagnosis, History } from "@cassava/metrics/diagnosis";
import { type Level, type Line, linePlot, type Span } from "../../plots/line-plot.ts";
import type { ReportInput } from "../../report-input.ts";
import { decimal, percent, words } from "../../words.ts";
import { type Html, html } from "../html.ts";

/** Where the largest loss is so many times the smallest, the axis is logarithmic. */
const WIDE = 50;

/**
 * Loss, accuracy and learning rate by epoch, against what a model that learned nothing gets; what findings speak of is shaded. A rate that
 * never changes is not drawn.
 */
export function curvesOf({ history, summary, diagnosis, keptEpoch }: ReportInput): Html[] {
  if (history === undefined || history.length === 0) return [];
  const spans = troubled(diagnosis, history.length);
  const moment = keptEpoch ? { x: keptEpoch, label: "kept" } : undefined;
  const x = { name: "epoch", integer: true, min: 1, max: Math.max(2, history.length) };
  const common = { x, spans, ...(moment && { moment }) };
  const losses = present(history, [
    ["loss", "training loss", 1],
    ["train_loss", "training loss, in inference mode", 3],
    ["val_loss", "validation loss", 2],
  ]);
  const accuracies = present(history, [
    ["accuracy", "training accuracy", 1],
    ["train_accuracy", "training accuracy, in inference mode", 3],
    ["val_accuracy", "validation accuracy", 2],
  ]);
  const rates = present(history, [["learning_rate", "learning rate", 4]]);
  const entropy = { y: summary.labelEntropy, label: `shares of the classes only ${decimal(summary.labelEntropy)}` };
  const majority = { y: summary.majorityShare, label: `largest class ${percent(summary.majorityShare)}` };
  const values = losses.flatMap(({ points }) => points.map(([, y]) => y)).filter((y) => Number.isFinite(y) && y > 0);
  const log = values.length > 0 && Math.max(...values) > WIDE * Math.min(...values);
  const shaded = spans.length > 0 ? " Shaded: epochs that a finding speaks of." : "";
  return [
    losses.length > 0 &&
      linePlot({
        id: "loss",
        caption: `Loss by epoch${moment ? ", with the epoch whose weights were kept" : ""}. The dashed level is what a model gets that knows only how frequent the classes are.${shaded}`,
        ...common,
        y: { name: "nats", log, ...reach(log, values, entropy) },
        lines: losses,
        levels: [entropy],
        table: tableOf(history),
      }),
    accuracies.length > 0 &&
      linePlot({
        id: "accuracy",
        caption: `Accuracy by epoch. The dashed level is the share of the largest class: what a model gets that has learned nothing.${shaded}`,
        ...common,
        y: { name: "accuracy", percent: true, min: 0, max: 1 },
        lines: accuracies,
        levels: [majority],
      }),
    rateChanges(rates) &&
      linePlot({
        id: "rate",
        caption: "Learning rate of the last step of each epoch.",
        x,
        y: { name: "learning rate", log: rateIsWide(rates) },
        lines: rates,
        height: 200,
      }),
  ].flatMap((plot) => (plot === false ? [] : [plot]));
}

function rateChanges([line]: readonly Line[]): boolean {
  return line?.points.some(([, rate]) => rate !== line.points[0]![1]) ?? false;
}

/** The lines of the keys that the history has. */
function present(history: History, keys: readonly (readonly [key: string, name: string, color: number])[]): Line[] {
  return keys
    .filter(([key]) => history.some((logs) => logs[key] !== undefined))
    .map(([key, name, color]) => ({
      name,
      color,
      dashed: key.startsWith("train_"),
      points: history.map((logs, i) => [i + 1, logs[key] ?? Number.NaN] as const),
    }));
}

/** Bounds of an axis of losses that hold the level as well: from 0, unless it is logarithmic. */
function reach(
  log: boolean,
  values: readonly number[],
  { y }: Level,
): { readonly min?: number; readonly max?: number } {
  if (log || values.length === 0) return {};
  return { min: 0, max: Number((1.08 * Math.max(y, ...values)).toPrecision(2)) };
}

function rateIsWide([line]: readonly Line[]): boolean {
  const rates = line!.points.map(([, y]) => y).filter((y) => y > 0);
  return rates.length > 0 && Math.max(...rates) > 10 * Math.min(...rates);
}

/** Stretches of epochs that errors and warnings rest on. */
function troubled(diagnosis: Diagnosis | undefined, epochs: number): Span[] {
  const grave = diagnosis?.findings.filter(({ severity }) => severity !== "info") ?? [];
  const seen = new Set(grave.flatMap(({ evidence }) => evidence.flatMap((one) => one.epochs ?? [])));
  const sorted = [...seen].filter((epoch) => epoch >= 1 && epoch <= epochs).sort((a, b) => a - b);
  const spans: { from: number; to: number }[] = [];
  for (const epoch of sorted) {
    const last = spans.at(-1);
    if (last !== undefined && epoch <= last.to + 1) last.to = epoch;
    else spans.push({ from: epoch, to: epoch });
  }
  return spans.map(({ from, to }) => ({ from: Math.max(1, from - 0.4), to: Math.min(epochs, to + 0.4) }));
}

function tableOf(history: History): Html {
  const keys = [...new Set(history.flatMap((logs) => Object.keys(logs)))].filter((key) => key !== "epoch");
  const rows = history.map(
    (logs, i) =>
      html`<tr><th scope="row">${i + 1}</th>${keys.map((key) => html`<td>${logs[key] === undefined ? "" : String(Number(logs[key].toPrecision(5)))}</td>`)}</tr>`,
  );
  return html`<table><thead><tr><th scope="col">epoch</th>${keys.map((key) => html`<th scope="col">${words(key)}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}
