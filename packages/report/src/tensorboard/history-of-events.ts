import type { History } from "@cassava/metrics/diagnosis";
import { ReportError } from "../errors.ts";
import type { RecordedValue } from "./read-events.ts";

/** A value of a run: the folder that its file lies in, from the folder that was read; absent or `.`: that folder itself. */
export type RunValue = RecordedValue & { readonly run?: string };

/** What loggers call the parts of a data set, and how Keras marks them in its log keys. */
const PARTS: ReadonlyMap<string, "" | "val_"> = new Map([
  ["train", ""],
  ["training", ""],
  ["val", "val_"],
  ["valid", "val_"],
  ["validation", "val_"],
  ["eval", "val_"],
]);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["acc", "accuracy"],
  ["categorical_accuracy", "accuracy"],
  ["sparse_categorical_accuracy", "accuracy"],
  ["lr", "learning_rate"],
]);

const KEYS = ["loss", "accuracy", "learning_rate"];
/** Of training images without dropout; as `fit` logs them with `evaluateTrain`. */
const EVALUATED = ["train_loss", "train_accuracy"];

/** A series of a log key: the last value of each step. */
interface Series {
  readonly tag: string;
  readonly points: { readonly step: number; readonly value: number }[];
}

/**
 * The log of a run from its scalars, an epoch for each step, under Keras's keys (`loss`, `accuracy`, `val_loss`, `val_accuracy`,
 * `learning_rate`): of what Keras's `TensorBoard` callback writes (`epoch_loss` in `train` and `validation`), and where there is none of
 * that, of tags such as `Loss/train`, `val_loss`, `train/acc` and `train_loss_epoch`. Where the steps of a series begin again, what
 * came from there on is dropped: a resumed run repeats it. TensorBoard does the same.
 *
 * @param values in order, as `readEventFolder` of `@cassava/report/node` yields them
 * @throws {ReportError} `EVENTS_MISSING`: no loss and no accuracy; `EVENTS_INVALID`: several runs
 */
export async function historyOfEvents(values: AsyncIterable<RunValue> | Iterable<RunValue>): Promise<History> {
  const [keras, others] = [new Map<string, Series>(), new Map<string, Series>()];
  const runs = new Set<string>();
  const tags = new Set<string>();
  for await (const one of values) {
    if (one.kind !== "scalar") continue;
    tags.add(one.tag);
    const { group, part } = runOf(one.run ?? ".");
    const ofEpoch = one.tag.startsWith("epoch_");
    const key = ofEpoch ? epochKey(one.tag.slice(6), part ?? "") : freeKey(one.tag, part);
    if (key === undefined) continue;
    runs.add(group);
    add(ofEpoch ? keras : others, key, `${one.run}/${one.tag}`, one);
  }
  if (runs.size > 1) {
    const names = [...runs].sort().join(", ");
    throw new ReportError("EVENTS_INVALID", `these are several runs (${names}): name the folder of one of them`);
  }
  const series = keras.size > 0 ? keras : others;
  if (![...series.keys()].some((key) => !key.endsWith("learning_rate"))) {
    const found = tags.size === 0 ? "there are no scalars" : `its scalars are ${[...tags].sort().join(", ")}`;
    throw new ReportError("EVENTS_MISSING", `the events hold no loss and no accuracy of epochs: ${found}`);
  }
  return rowsOf(series);
}

/** `a/train` is the training part of the run `a`. */
function runOf(run: string): { readonly group: string; readonly part: "" | "val_" | undefined } {
  const names = run.split("/").filter((name) => name !== "" && name !== ".");
  const part = PARTS.get(names.at(-1)?.toLowerCase() ?? "");
  return { group: (part === undefined ? names : names.slice(0, -1)).join("/") || ".", part };
}

/** Of Keras's callback, after `epoch_`. */
function epochKey(name: string, part: "" | "val_"): string | undefined {
  if (part === "" && EVALUATED.includes(name)) return name;
  const known = ALIASES.get(name) ?? name;
  return KEYS.includes(known) ? part + known : undefined;
}

/** Of other loggers, which say the part by the run, a group of the tag, or a prefix. */
function freeKey(tag: string, run: "" | "val_" | undefined): string | undefined {
  const words = tag.toLowerCase().split(/[/_ .-]+/);
  if (words.at(-1) === "epoch") words.pop();
  const own = words.find((word) => PARTS.has(word));
  const name = words.filter((word) => word !== own).join("_");
  const known = ALIASES.get(name) ?? name;
  if (!KEYS.includes(known)) return undefined;
  return (PARTS.get(own ?? "") ?? run ?? "") + known;
}

/** Two tags of one key, such as `loss` and `train/loss`: the first one counts. */
function add(series: Map<string, Series>, key: string, tag: string, { step, value }: Series["points"][number]): void {
  const found = series.get(key) ?? { tag, points: [] };
  series.set(key, found);
  if (found.tag !== tag) return;
  while (found.points.length > 0 && found.points.at(-1)!.step >= step) found.points.pop();
  found.points.push({ step, value });
}

function rowsOf(series: ReadonlyMap<string, Series>): History {
  const rows = new Map<number, Record<string, number>>();
  for (const [key, { points }] of series) {
    for (const { step, value } of points) {
      const row = rows.get(step) ?? {};
      rows.set(step, row);
      row[key] = value;
    }
  }
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
}
