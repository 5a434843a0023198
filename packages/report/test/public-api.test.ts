import { describe, expect, it } from "vitest";
import * as node from "../src/node.ts";
import * as tensorboard from "../src/tensorboard.ts";

describe("the public API", () => {
  it("of @cassava/report/tensorboard", () => {
    expect(Object.keys(tensorboard).sort()).toMatchInlineSnapshot(`
      [
        "FILE_VERSION",
        "ReportError",
        "decodeEvent",
        "encodeEvent",
        "histogramBuckets",
        "historyOfEvents",
        "isReportError",
        "readEvents",
        "readSummaries",
      ]
    `);
  });

  it("of @cassava/report/node", () => {
    expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
      [
        "ReportError",
        "findEventFiles",
        "isEventFile",
        "isReportError",
        "openEventWriter",
        "readEventFile",
        "readEventFolder",
        "tensorBoard",
      ]
    `);
  });
});
