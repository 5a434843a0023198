import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDataError, parseLabelCsv, parseLabelMap, serializeLabelMap } from "../src/index.ts";
import { resolveLabels } from "../src/labels.ts";
import { rejection } from "./support.ts";

describe("parseLabelCsv", () => {
  it("reads what spreadsheets write: byte order mark, CRLF, quotes, blank lines, further columns", async () => {
    const text = '\uFEFF"note",image_id,label\r\n"a, ""b""", 1.jpg ,3\r\n\r\n,"2,0.jpg",\r\nlast,3.jpg,"0"';
    expect(await parseLabelCsv(text)).toEqual([
      { id: "1.jpg", label: "3", line: 2 },
      { id: "2,0.jpg", line: 4 },
      { id: "3.jpg", label: "0", line: 5 },
    ]);
  });

  it("takes other column names", async () => {
    expect(await parseLabelCsv("file;x,class\na,b", { idColumn: "file;x", labelColumn: "class" })).toEqual([
      { id: "a", label: "b", line: 2 },
    ]);
  });

  it.each([
    ["semicolons", 'image_id;label;weight\n"a;1.jpg";Mosaic;1,5\nb,2.jpg;Blight;2,5\n'],
    ["tabs", "image_id\tlabel\na;1.jpg\tMosaic\nb,2.jpg\tBlight\n"],
    ["commas, with semicolons in the cells", '"image_id","label","a;b;c;d"\na;1.jpg,Mosaic,\n"b,2.jpg",Blight,;\n'],
  ])("reads cells between %s", async (_, text) => {
    expect((await parseLabelCsv(text)).map(({ id, label }) => [id, label])).toEqual([
      ["a;1.jpg", "Mosaic"],
      ["b,2.jpg", "Blight"],
    ]);
  });

  it("reads back any names that are written with quotes", async () => {
    const name = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !/[\r\n]/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, name), { minLength: 1 }), async (rows) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const csv = ["image_id,label", ...rows.map((row) => row.map(quoted).join(","))].join("\r\n");
        expect((await parseLabelCsv(csv)).map(({ id, label }) => [id, label])).toEqual(rows);
      }),
    );
  });

  it("names file, line and remedy of what is wrong", async () => {
    const wrong: readonly (readonly [string, string, number | undefined, string])[] = [
      ["", "CSV_EMPTY", undefined, "train.csv has no rows"],
      ["image_id,label\n", "CSV_EMPTY", undefined, "train.csv has no rows"],
      ["\n\n", "CSV_EMPTY", undefined, "train.csv has no rows"],
      ["name,label\na,1", "CSV_COLUMN", 1, 'it needs "image_id", "label" and has "name", "label": rename the columns'],
      ["image_id,target\na,1", "CSV_COLUMN", 1, 'no column "label"'],
      ["file;class\na;1", "CSV_COLUMN", 1, 'has "file", "class"'],
      ['image_id,label\na,1\n"b,2\n', "CSV_INVALID", 3, "line 3 is not CSV"],
      ["image_id,label\na,1\nb,2,3\n", "CSV_INVALID", 3, "line 3 is not CSV"],
      ["image_id,label\na,1\n,2\n", "CSV_INVALID", 3, 'line 3: the cell of "image_id" is empty'],
    ];
    for (const [text, code, line, message] of wrong) {
      const error = await rejection(parseLabelCsv(text, { file: "train.csv" }));
      expect(isDataError(error) && [error.code, error.file, error.line]).toEqual([code, "train.csv", line]);
      expect((error as Error).message).toContain(message);
      expect((error as Error).message).not.toContain("\n");
    }
  });
});

describe("the label map", () => {
  const classes = [
    { index: 0, name: "Blight" },
    { index: 1, name: "Healthy" },
  ];

  it("is read in any order and written in one", () => {
    expect(parseLabelMap('{"1": "Healthy", "0": "Blight"}')).toEqual(classes);
    expect(serializeLabelMap(classes)).toBe('{"0":"Blight","1":"Healthy"}\n');
    expect(parseLabelMap(serializeLabelMap(classes))).toEqual(classes);
  });

  it("refuses gaps, equal names and other things", () => {
    for (const json of [
      "",
      "[]",
      "{}",
      '{"0":"a","2":"b"}',
      '{"1":"a"}',
      '{"0":"a","1":"a"}',
      '{"0":1}',
      '{"0":""}',
      '{"a":"b"}',
      "null",
    ]) {
      expect(() => parseLabelMap(json, { file: "map.json" })).toThrowError(
        expect.objectContaining({ code: "LABEL_MAP_INVALID", file: "map.json" }),
      );
    }
  });

  const stated = (...labels: (string | number | undefined)[]) =>
    labels.map((label, k) => ({ id: `i${k}`, file: "train.csv", line: k + 2, ...(label !== undefined && { label }) }));

  it("resolves indices and names, and leaves the unlabelled unlabelled", () => {
    expect(resolveLabels(stated("1", "Blight", undefined, 0, "01"), classes).labels).toEqual([1, 0, undefined, 0, 1]);
  });

  it("makes classes of the labels where there is no map", () => {
    expect(resolveLabels(stated("2", 0, undefined), undefined)).toEqual({
      classes: [0, 1, 2].map((index) => ({ index, name: String(index) })),
      labels: [2, 0, undefined],
    });
    expect(resolveLabels(stated("sick", "healthy", "1"), undefined)).toEqual({
      classes: ["1", "healthy", "sick"].map((name, index) => ({ index, name })),
      labels: [2, 1, 0],
    });
    expect(resolveLabels(stated(undefined), undefined)).toEqual({ classes: [], labels: [undefined] });
  });

  it("refuses a label outside the map, an absurd index and a fraction, naming the line", () => {
    for (const [label, map] of [
      ["2", classes],
      ["healthy", classes],
      [-1, classes],
      ["", classes],
      ["99999999", undefined],
    ] as const) {
      expect(() => resolveLabels(stated("1", label), map)).toThrowError(
        expect.objectContaining({ code: "LABEL_UNKNOWN", file: "train.csv", line: 3, id: "i1" }),
      );
    }
  });
});
