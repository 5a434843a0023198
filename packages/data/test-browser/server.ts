import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { audit, imageBatches, kFold, split } from "../src/index.ts";
import { defaultDecoder, openDataset, tfrecordDataset, writeSyntheticShards } from "../src/node.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { Served, Way } from "./page.ts";

/** A data set with what Node makes of it. */
export interface ServedSet extends Served {
  readonly ways: readonly Way[];
  readonly outcome: Outcome;
}

export interface DataServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly sets: readonly ServedSet[];
  close(): Promise<void>;
}

/** What the server is given. */
export interface DataServerOptions {
  /** More files by path, such as a page and its script, with their type. */
  readonly pages: Readonly<Record<string, { readonly type: string; readonly body: string }>>;
  /** Folder of the real photographs; undefined where they are not there. */
  readonly photographs: string | undefined;
}

/** Makes data sets of every kind, looks at them in Node, and serves their files with ranges on a loopback port. */
export async function startDataServer({ pages, photographs }: DataServerOptions): Promise<DataServer> {
  const work = await mkdtemp(join(tmpdir(), "cassava-data-browser-"));
  await makeSets(work, photographs);
  const sets: ServedSet[] = [];
  for (const name of (await readdir(work)).sort()) {
    const folder = join(work, name);
    const dataset = await openDataset(folder, { indexes: false });
    const outcome = await outcomeOf({ audit, imageBatches, kFold, split }, dataset, defaultDecoder());
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const ways: Way[] = name === "shards" ? ["files", "directory", "addresses"] : ["files", "directory"];
    sets.push({ name, files: files.map((path) => relative(folder, path)), ways, outcome });
  }
  const wasm = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
    const page = pages[path];
    if (page !== undefined) return void response.writeHead(200, { "Content-Type": page.type }).end(page.body);
    const file =
      path === "/mozjpeg_dec.wasm" ? wasm : path.startsWith("/files/") ? join(work, path.slice(7)) : undefined;
    const bytes = file && (await readFile(file).catch(() => undefined));
    if (!bytes) return void response.writeHead(404).end("no such file");
    const type = { "Content-Type": file === wasm ? "application/wasm" : "application/octet-stream" };
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    if (range === null) return void response.writeHead(200, type).end(bytes);
    const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.length)];
    response.writeHead(206, { ...type, "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}` });
    response.end(bytes.subarray(start, end));
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sets,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await rm(work, { recursive: true, force: true });
    },
  };
}

/** Leaves with every fault as shards, as CSV and images, and in folders; and photographs, one of them cut short, one empty. */
async function makeSets(work: string, photographs: string | undefined): Promise<void> {
  const leaves = { count: 48, size: 96, seed: 5, imbalance: 3, labelNoise: 0.1, duplicates: 0.1, nearDuplicates: 0.1 };
  await writeSyntheticShards(join(work, "shards"), leaves, { shards: 3 });
  const shards = await tfrecordDataset(join(work, "shards"), { indexes: false });
  const rows = ["missing.jpg,0"];
  await mkdir(join(work, "csv/train_images"), { recursive: true });
  for (const entry of shards.entries) {
    const bytes = await shards.read(entry);
    const folder = join(work, "folders", String(entry.label));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, entry.id), bytes);
    await writeFile(join(work, "csv/train_images", entry.id), bytes);
    rows.push(`"${entry.id}",${entry.label}`);
  }
  await shards.close();
  await writeFile(join(work, "csv/train_images/extra.jpg"), "no row");
  await writeFile(join(work, "csv/train.csv"), `\uFEFFimage_id,label\r\n${rows.join("\r\n")}\r\n`);
  await cp(join(work, "shards/label_num_to_disease_map.json"), join(work, "csv/label_num_to_disease_map.json"));
  if (photographs === undefined) return;
  const target = join(work, "photographs");
  await mkdir(join(target, "train_images"), { recursive: true });
  const real = await openDataset(photographs, { indexes: false });
  const some = [0, 1, 2, 3, 4].flatMap((k) => real.entries.filter(({ label }) => label === k).slice(0, 4));
  for (const { id, file } of some) await cp(file, join(target, "train_images", id));
  const [first] = some;
  const whole = await readFile(first!.file);
  await writeFile(join(target, "train_images/cut.jpg"), whole.subarray(0, whole.length / 2));
  await writeFile(join(target, "train_images/empty.jpg"), "");
  const lines = [...some, { id: "cut.jpg", label: 3 }, { id: "empty.jpg", label: 3 }]
    .map(({ id, label }) => `${id},${label}`)
    .join("\n");
  await writeFile(join(target, "train.csv"), `image_id,label\n${lines}\n`);
}
