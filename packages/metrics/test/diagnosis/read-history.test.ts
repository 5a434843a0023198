import { expect, it } from "vitest";
import { readHistory } from "../../src/diagnosis.ts";
import { isMetricsError } from "../../src/index.ts";

const two = [
  { loss: 1.5, accuracy: 0.5, val_loss: 1.4, val_accuracy: 0.55 },
  { loss: 1.2, accuracy: 0.6, val_loss: 1.3, val_accuracy: 0.61 },
];

it.each([
  ["Keras's CSVLogger", "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.5,0.55,1.4\n1,0.6,1.2,0.61,1.3\n"],
  [
    "CSV with semicolons, CRLF, quotes and old names",
    '"epoch";"acc";"loss";"val_acc";"val_loss"\r\n0;0.5;1.5;0.55;1.4\r\n1;0.6;1.2;0.61;1.3\r\n',
  ],
  [
    "Keras's history",
    '{"loss": [1.5, 1.2], "accuracy": [0.5, 0.6], "val_loss": [1.4, 1.3], "val_accuracy": [0.55, 0.61]}',
  ],
  [
    "a history inside of another object",
    '{"params": {"epochs": 2}, "history": {"loss": [1.5, 1.2], "acc": [0.5, 0.6], "val_loss": [1.4, 1.3], "val_acc": [0.55, 0.61]}}',
  ],
  ["JSON lines", two.map((logs, epoch) => JSON.stringify({ epoch, ...logs })).join("\n")],
  ["JSON lines of events", two.map((logs, epoch) => JSON.stringify({ type: "epoch", epoch, logs })).join("\n")],
  ["a list", JSON.stringify(two, null, 2)],
])("reads %s", (_, text) => {
  expect(readHistory(text)).toEqual(two);
});

it("keeps what is not finite, as Python and JavaScript write it", () => {
  expect(readHistory('{"loss": [NaN, Infinity, -Infinity]}').map(({ loss }) => loss)).toEqual([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect(readHistory('{"loss": 1}\n{"loss": null}').map(({ loss }) => loss)).toEqual([1, Number.NaN]);
  expect(readHistory("loss\nnan\ninf\n").map(({ loss }) => loss)).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
});

it.each([
  ["nothing", "", /empty/],
  ["no names", "1,2\n3,4", /first line has no names/],
  ["a short line", "loss,accuracy\n1,0.5\n2", /line 3 has 1 cells where the header has 2/],
  ["other columns", "step,reward\n1,2", /none of loss, accuracy.*reward/],
  ["a broken line", '{"loss": 1}\n{"loss": ', /line 2 is not a JSON object/],
  ["a header alone", "loss,accuracy", /no epoch/],
])("refuses %s, naming the file", (_, text, message) => {
  try {
    readHistory(text, { file: "run.csv" });
  } catch (error) {
    expect(isMetricsError(error, "HISTORY_INVALID")).toBe(true);
    expect(String(error)).toMatch(message);
    expect(String(error)).toMatch(/run\.csv/);
    return;
  }
  throw new Error("it was read");
});
