// @cassava/report's TensorBoard events, as built, against TensorBoard, TensorFlow's writers of both versions and Keras: each reads what the
// other wrote, to the last bit.
import { appendFile, copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { openEventWriter, readEventFile, readEventFolder, tensorBoard } from "@cassava/report/node";
import { encodeEvent, histogramBuckets, historyOfEvents } from "@cassava/report/tensorboard";
import { frameRecord } from "@cassava/tfrecord";
import sharp from "sharp";
import { arrayOf, bits, difference, dumpValues, rowsOf } from "./tensorboard/dump.mjs";

/** Steps of the scalars. */
const SIZE = 400;

const refuse = (complaint) => {
  if (complaint !== undefined) throw new Error(complaint);
};

const collect = async (source) => {
  const values = [];
  for await (const value of source) values.push(value);
  return values;
};

const same = (found, wanted, what) => {
  const [a, b] = [found, wanted].map((value) => JSON.stringify(value));
  refuse(a === b ? undefined : `${what}: ${a}, not ${b}`);
};

/** What TensorFlow and others wrote, read by us as TensorBoard reads it. */
const readTheirs = async ({ python, root, work, check }) => {
  const folder = join(work, "theirs");
  await python("tensorboard/write.py", [folder, SIZE]);
  const { versions, arrays, files } = JSON.parse(await readFile(join(folder, "expected.json"), "utf8"));
  const read = async (name) => dumpValues(await collect(readEventFile(join(folder, `${name}.tfevents`))));
  const writers = {
    v2: `tf.summary of TensorFlow ${versions.tensorflow}`,
    v1: "tf.compat.v1.summary",
    other: "TensorBoard's own writer, as PyTorch uses it",
  };
  for (const [name, writer] of Object.entries(writers)) {
    await check(
      `${files[name].length} values of ${writer}: read as TensorBoard ${versions.tensorboard} does`,
      async () => refuse(difference(await read(name), files[name])),
    );
  }
  const v2 = await read("v2");
  await check("the comparison tells one changed bit of each kind apart", () => {
    const changes = [
      (value) => value.kind === "scalar" && { value: bits(Math.PI) },
      (value) => value.kind === "image" && { width: value.height, height: value.width },
      (value) => value.kind === "histogram" && { rows: value.rows.map((row) => [...row].reverse()) },
      (value) => value.kind === "text" && { shape: [...value.shape, 1] },
      (value) => ({ step: value.step + 1 }),
      (value) => ({ wallTime: value.wallTime.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) }),
      (value) => value.kind === "unknown" && { kind: "text" },
    ];
    for (const [i, change] of changes.entries()) {
      const at = v2.findIndex((value) => change(value));
      const changed = v2.map((value, k) => (k === at ? { ...value, ...change(value) } : value));
      if (at < 0 || difference(changed, files.v2) === undefined) throw new Error(`change ${i} went unseen`);
    }
  });
  const rows = (tag) => files.v2.find((value) => value.tag === tag).rows;
  await check(`histograms of ${Object.keys(arrays).length} arrays: the buckets of tf.summary.histogram`, () => {
    for (const [tag, saved] of Object.entries(arrays)) {
      same(rowsOf(histogramBuckets(arrayOf(saved))), rows(`counts/${tag}`), tag);
    }
    same(rowsOf(histogramBuckets(arrayOf(arrays.normal), 7)), rows("counts/seven"), "7 buckets");
  });
  await check("the comparison notices a histogram of other buckets", () => {
    const found = rowsOf(histogramBuckets(arrayOf(arrays.normal), 29));
    if (JSON.stringify(found) === JSON.stringify(rows("counts/normal"))) throw new Error("it did not");
  });
  await check("fixtures/tensorboard is what TensorBoard reads in it", async () => {
    const place = (name) => join(root, "fixtures/tensorboard", name);
    const saved = JSON.parse(await readFile(place("expected.json"), "utf8"));
    const names = Object.keys(saved.files);
    const answers = JSON.parse(
      await python(
        "tensorboard/read.py",
        names.map((name) => place(`${name}.tfevents`)),
      ),
    );
    for (const [i, name] of names.entries()) same(answers[i].values, saved.files[name], name);
  });
};

/** What we wrote, read by TensorBoard while the file is still open. */
const readOurs = async ({ python, work, check }) => {
  const folder = join(work, "ours");
  const pixels = { create: { width: 9, height: 5, channels: 3, background: "#284" } };
  const [png, jpeg] = await Promise.all([sharp(pixels).png().toBuffer(), sharp(pixels).jpeg().toBuffer()]);
  const numbers = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i * i));
  const summaries = [
    ...Array.from({ length: 200 }, (_, i) => [i, { kind: "scalar", tag: "loss", value: Math.fround(1 / (1 + i)) }]),
    ...[Number.NaN, Number.NEGATIVE_INFINITY, -0, 1e-45].map((value, i) => [
      i,
      { kind: "scalar", tag: "edges", value: Math.fround(value) },
    ]),
    [2 ** 53 - 1, { kind: "scalar", tag: "größe/🌿", value: 1, displayName: "Größe", description: "of the *leaf*" }],
    [3, { kind: "image", tag: "leaves", width: 9, height: 5, images: [png, jpeg] }],
    [4, { kind: "image", tag: "no leaves", width: 0, height: 0, images: [] }],
    ...[numbers, [], [1, 1]].map((values, i) => [
      i,
      { kind: "histogram", tag: "weights", buckets: histogramBuckets(values) },
    ]),
    [5, { kind: "histogram", tag: "weights", buckets: [] }],
    [0, { kind: "text", tag: "note", texts: ["# Größe\n🌿"], shape: [] }],
    [0, { kind: "text", tag: "table", texts: ["a", "", "b", "c"], shape: [2, 2] }],
    [1, { kind: "text", tag: "nothing", texts: [], shape: [0] }],
  ];
  const writer = await openEventWriter(folder);
  for (const [i, [step, value]] of summaries.entries()) await writer.write(step, [value], { wallTime: 1.7e9 + i / 3 });
  // A writer that was stopped in the middle of a record.
  const cut = join(work, "cut.tfevents");
  await copyFile(writer.file, cut);
  await appendFile(cut, frameRecord(encodeEvent({ step: 1, wallTime: 1, values: [summaries[0][1]] })).subarray(0, 30));
  const [whole, shortened, series] = JSON.parse(await python("tensorboard/read.py", [writer.file, cut, folder]));
  await writer.close();
  const wanted = summaries.map(([step, value], i) => ({ ...value, step, wallTime: 1.7e9 + i / 3 }));

  await check(`${summaries.length} values written by us: TensorBoard reads them while the file is open`, () =>
    refuse(difference(dumpValues(wanted), whole.values)),
  );
  await check("TensorFlow's protobuf would write the same bytes", () => {
    const other = whole.canonical.indexOf(false);
    if (whole.canonical.length !== summaries.length + 1 || other >= 0) throw new Error(`not for event ${other}`);
  });
  await check("a cut last record hides nothing before it, for TensorBoard and for us, who say so", async () => {
    refuse(difference(dumpValues(wanted), shortened.values));
    const cuts = [];
    const values = await collect(readEventFile(cut, { onCut: (one) => cuts.push(one) }));
    refuse(difference(dumpValues(values), shortened.values));
    same(
      cuts.map(({ record }) => record),
      [summaries.length + 1],
      "cut records",
    );
  });
  await check("the dashboards get every series: plugin, description, steps, wall times, sizes", () => {
    const plugins = { scalar: "scalars", image: "images", histogram: "histograms", text: "text" };
    const sizes = {
      scalar: () => 1,
      image: ({ images }) => 2 + images.length,
      histogram: ({ buckets }) => 3 * buckets.length,
      text: ({ texts }) => texts.length,
    };
    const tags = [...new Set(wanted.map(({ tag }) => tag))];
    same(Object.keys(series).sort(), tags.toSorted(), "tags");
    for (const tag of tags) {
      const values = wanted.filter((value) => value.tag === tag);
      const { kind, description = "" } = values[0];
      const points = values.map((value) => [value.step, bits(value.wallTime), sizes[kind](value)]);
      same(series[tag], [plugins[kind], description, ...points], tag);
    }
  });
  await check("TensorBoard tells a planted error apart: one count, one step, one wall time", () => {
    for (const [key, change] of [
      ["wallTime", (value) => ({ wallTime: value.wallTime + 2 ** -22 })],
      ["step", (value) => ({ step: value.step + 1 })],
      [
        "rows",
        ({ buckets }) => ({ buckets: buckets.map((one, i) => (i === 9 ? { ...one, count: one.count + 1 } : one)) }),
      ],
    ]) {
      const at = wanted.findIndex(({ kind, buckets }) => kind === "histogram" && buckets.length > 0);
      const planted = wanted.map((value, i) => (i === at ? { ...value, ...change(value) } : value));
      if (!difference(dumpValues(planted), whole.values)?.includes(key)) throw new Error(`not ${key}`);
    }
  });
};

/** Keras's callback and ours. */
const likeKeras = async ({ python, work, check }) => {
  const folder = join(work, "keras");
  await mkdir(folder);
  await python("tensorboard/write.py", [folder, "keras"]);
  const history = JSON.parse(await readFile(join(folder, "history.json"), "utf8"));
  const epochs = history.loss.length;
  const logs = Array.from({ length: epochs }, (_, i) =>
    Object.fromEntries(Object.entries(history).map(([key, values]) => [key, values[i]])),
  );
  const sorted = (rows) => rows.map((row) => Object.entries(row).sort());
  const theirs = await collect(readEventFolder(join(folder, "logs")));
  await check(
    `the log of a training in Keras: ${Object.keys(history).length} columns of ${epochs} epochs`,
    async () => {
      const found = await historyOfEvents(theirs);
      same(sorted(found), sorted(logs), "history");
    },
  );
  await check("our callback writes the same tags, steps and values into the same folders as Keras's", async () => {
    const callback = tensorBoard({ folder: join(work, "like-keras"), histograms: 1 });
    const weights = [];
    for (const { run, tag } of theirs.filter(({ kind, step }) => kind === "histogram" && step === 0)) {
      same(run, "train", "run");
      weights.push({ name: tag.replace(/\/histogram$/, ""), variable: { data: async () => [0, 1] } });
    }
    for (const [epoch, one] of logs.entries()) await callback.onEpochEnd({ epoch, logs: one, run: { weights } });
    await callback.onRunEnd();
    const ours = await collect(readEventFolder(join(work, "like-keras")));
    const rows = (values) =>
      values
        // Keras has more: its graph, and evaluations by the number of steps.
        .filter(({ tag }) => tag?.startsWith("epoch_") || tag?.endsWith("/histogram"))
        .map(({ run, tag, step, value }) => `${run} ${tag} ${step} ${value}`)
        .sort();
    same(rows(ours), rows(theirs), "values");
    const others = ours.filter((value) => value.kind !== "scalar" && value.kind !== "histogram");
    same(others, [], "other values");
    if (weights.length !== 4) throw new Error(`Keras wrote histograms of ${weights.length} weights`);
  });
};

/** @type {import("../scripts/conformance.mjs").Conformance} */
export default async (context) => {
  await readTheirs(context);
  await readOurs(context);
  await likeKeras(context);
};
