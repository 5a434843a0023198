// Reading TFRecord files, every checksum verified and three features decoded, beside its peers in one run: on records of
// about 120 kB (the real shards of ../shared where they are) and of about 500 bytes. Each contender is a process of its
// own that lives through all rounds; the page cache is warm. One thread for everyone but in the row with AUTOTUNE:
// `cores` is processor time over wall-clock time, all threads counted (Node reads files ahead in one of its own).
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../scripts/lib/run.mjs";
import { median, sideBySide } from "./side-by-side.mjs";
import { largeFiles, writeMadeUp } from "./tfrecord-files.mjs";
import { installNpmPeers, installPythonPeer } from "./tfrecord-peers.mjs";
import { startWorker } from "./tfrecord-workers.mjs";

/** Each contender reads about so much in one round, in bytes: shorter rounds measure the clock. */
const ROUND_BYTES = { large: 256e6, small: 100e6 };
const SMALL_IMAGE = /** @type {const} */ ([350, 550]);
const SMALL_RECORDS = 190_000;
const HUGE_IMAGE = /** @type {const} */ ([100_000, 130_000]);
const HUGE_RECORDS = 9_500;
const WARMUP_RECORDS = 500;
/** The best of 16, 64, 256, 512, 1024 for each size of record. */
const BATCH = { large: 16, small: 1024 };
const MIB = 2 ** 20;
/** V8 lets about 32 MiB of chunks that nobody uses any more lie before it collects them, whatever the file's size. */
const COLD_MIB = 64;

const PORTABLE = "@cassava/tfrecord, portable";
const NATIVE = "@cassava/tfrecord, native checksum";
const SINGLE = "TensorFlow parse_single_example";
const BATCHED = "TensorFlow parse_example, batched";
const ROBOFLOW = "npm @roboflow/tfrecords";

/**
 * Someone to compare with. `slow` reads a hundredth of the small records: its time is scaled up, or a round would take minutes.
 * @typedef {{ worker: import("./tfrecord-workers.mjs").Worker, mode?: string, slow?: true }} Peer
 */

/** How many times more records the others read than who is slow. */
const SLOW = 100;

const skipped = (/** @type {string} */ name, /** @type {string} */ why) =>
  console.error(`↓ SKIPPED ${name}: ${why.slice(0, 300)}`);

/**
 * Everyone who can be had here, by name; says loudly who cannot.
 * @param {import("../scripts/bench.mjs").Bench extends (context: infer C) => unknown ? C : never} context
 * @returns {Promise<Record<string, Peer>>}
 */
const startPeers = async ({ python, root }) => {
  const node = (/** @type {string[]} */ ...args) =>
    startWorker(process.execPath, ["tfrecord-reader.mjs", ...args], { UV_THREADPOOL_SIZE: "1" });
  const interpreter = (await python("tfrecord.py", ["where"])).trim();
  const quiet = { CUDA_VISIBLE_DEVICES: "-1", TF_CPP_MIN_LOG_LEVEL: "2", PYTHONDONTWRITEBYTECODE: "1" };
  const tensorflow = startWorker(interpreter, ["tfrecord.py", "serve"], quiet);
  /** @type {Record<string, Peer>} */
  const peers = {
    [PORTABLE]: { worker: node("portable") },
    [NATIVE]: { worker: node("native") },
    [SINGLE]: { worker: tensorflow, mode: "single" },
    [BATCHED]: { worker: tensorflow, mode: "batched" },
    "TensorFlow parse_example, AUTOTUNE": {
      worker: startWorker(interpreter, ["tfrecord.py", "serve", "parallel"], quiet),
      mode: "batched",
    },
    // It makes its checksum table anew for each checksum, which takes a millisecond or two.
    [ROBOFLOW]: { worker: node("roboflow"), slow: true },
  };
  const cache = join(root, ".cache/bench");
  const npm = join(cache, "npm");
  const noNpm = await installNpmPeers(npm);
  for (const name of ["tfrecord", "tfrecord-stream"]) {
    if (noNpm === undefined) peers[`npm ${name}, native checksum`] = { worker: node(name, npm) };
    else skipped(`npm ${name}`, noNpm);
  }
  const pip = join(cache, "python");
  const noPip = await installPythonPeer(python, pip);
  if (noPip === undefined) {
    peers["Python tfrecord, no checksum"] = {
      worker: startWorker(interpreter, ["tfrecord_vahidk.py", "serve", pip], quiet),
    };
  } else skipped("Python tfrecord", noPip);
  return peers;
};

const totalSize = async (/** @type {readonly string[]} */ files) =>
  (await Promise.all(files.map(async (path) => (await stat(path)).size))).reduce((sum, one) => sum + one, 0);

/**
 * All peers in turns on the same files.
 * @param {Readonly<Record<string, Peer>>} peers
 * @param {"large" | "small"} records
 * @param {readonly string[]} files
 * @param {readonly string[]} slowFiles what who is slow reads instead; the same where all read the same
 * @param {number} rounds
 */
const compare = async (peers, records, files, slowFiles, rounds) => {
  const size = await totalSize(files);
  const passes = Math.max(1, Math.round(ROUND_BYTES[records] / size));
  const share = (await totalSize(slowFiles)) / size;
  /** By the files read. @type {Map<readonly string[], number>} */
  const totals = new Map();
  /** @type {Map<string, number[]>} */
  const cores = new Map(Object.keys(peers).map((name) => [name, []]));
  console.error(`${records} records: ${passes} x ${Math.round(size / 1e6)} MB`);
  const contender =
    (/** @type {string} */ name, /** @type {Peer} */ { worker, mode, slow }) =>
    async () => {
      const read = slow ? slowFiles : files;
      const request = { ...(mode && { mode }), batch: BATCH[records], passes, files: read };
      const { seconds, cpu, total } = await worker.ask(request);
      if (!totals.has(read)) totals.set(read, total);
      if (total !== totals.get(read)) throw new Error(`${name} reads ${total}, the others ${totals.get(read)}`);
      cores.get(name)?.push(cpu / seconds);
      return slow ? seconds / share : seconds;
    };
  const contenders = Object.fromEntries(Object.entries(peers).map(([name, peer]) => [name, contender(name, peer)]));
  const found = await sideBySide({ rounds, contenders });
  const seconds = new Map(found.map((row) => [row.contender, row.median]));
  const rows = found.map((row) => ({
    records: records === "large" ? "120 kB" : "500 B",
    contender: row.contender,
    "MB/s": (size * passes) / 1e6 / row.median,
    seconds: row.median,
    min: row.min,
    max: row.max,
    rounds: row.rounds,
    spread: row.spread,
    cores: median(cores.get(row.contender) ?? []),
    "times portable": row.ratio,
  }));
  return { rows, seconds };
};

/**
 * What a 1 GB file takes in memory, in a process that reads nothing else. `cold` is a small file read first in a fresh
 * process; `warm` the large one after it: what V8 has taken from the system by then is not counted again.
 * @param {string} work
 */
const measureMemory = async (work) => {
  const [warmup, file] = [join(work, "warm-up.tfrec"), join(work, "huge.tfrec")];
  await writeMadeUp(warmup, WARMUP_RECORDS, HUGE_IMAGE);
  const largest = await writeMadeUp(file, HUGE_RECORDS, HUGE_IMAGE);
  const { size } = await stat(file);
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "tfrecord-memory.mjs"), warmup, file], {
    tail: 20,
  });
  const { cold, warm } = JSON.parse(stdout);
  console.error(
    `memory: ${(size / 1e9).toFixed(2)} GB, records up to ${(largest / 1e3).toFixed(0)} kB; first ${cold.before.toFixed(0)} MiB, +${cold.extra.toFixed(1)} MiB from a cold start, then +${warm.extra.toFixed(1)} MiB`,
  );
  return { cold: cold.extra, warm: warm.extra, largest };
};

/** @type {import("../scripts/bench.mjs").Bench} */
export default async (context) => {
  const { shared, work, rounds } = context;
  const memory = process.platform === "linux" ? await measureMemory(work) : undefined;
  if (memory === undefined) skipped("memory", "its peak is read from Linux's /proc");
  const peers = await startPeers(context);
  try {
    const shards = await largeFiles(shared, work);
    const large = await compare(peers, "large", shards, shards, rounds);
    const [smallFile, slowFile] = [join(work, "small.tfrec"), join(work, "small-part.tfrec")];
    await writeMadeUp(smallFile, SMALL_RECORDS, SMALL_IMAGE);
    await writeMadeUp(slowFile, SMALL_RECORDS / SLOW, SMALL_IMAGE);
    const small = await compare(peers, "small", [smallFile], [slowFile], rounds);
    const of = (/** @type {Map<string, number>} */ seconds, /** @type {string} */ name) => seconds.get(name) ?? NaN;
    const tensorflow = ({ seconds } = large) => Math.min(of(seconds, SINGLE), of(seconds, BATCHED));
    const targets = [
      { id: "large.portable.vs-tensorflow", value: tensorflow() / of(large.seconds, PORTABLE), atLeast: 1 },
      {
        id: "large.portable.vs-roboflow",
        value: of(large.seconds, ROBOFLOW) / of(large.seconds, PORTABLE),
        atLeast: 15,
      },
      { id: "large.native.vs-tensorflow", value: tensorflow() / of(large.seconds, NATIVE), atLeast: 2.5 },
      { id: "small.portable.vs-tensorflow", value: tensorflow(small) / of(small.seconds, PORTABLE), atLeast: 1 },
      ...(memory
        ? [
            { id: "memory.extra-mib", value: memory.warm, atMost: 16 + (2 * memory.largest) / MIB },
            { id: "memory.cold-extra-mib", value: memory.cold, atMost: COLD_MIB },
          ]
        : []),
    ];
    return { rows: [...large.rows, ...small.rows], targets };
  } finally {
    for (const { worker } of Object.values(peers)) worker.stop();
  }
};
