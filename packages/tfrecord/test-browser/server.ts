import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export interface ContractServerOptions {
  /** Folder of fixtures/tfrecord. */
  readonly fixtures: string | URL;
  /** More files by path, such as a page and its script, with their type. */
  readonly pages?: Readonly<Record<string, { readonly type: string; readonly body: string | Uint8Array }>>;
}

export interface ContractServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Serves fixtures to the contract suite on a loopback port: `/fixtures/NAME` with ranges (`?flip=N` inverts the lowest bit of
 * byte N, `?gzip` compresses on the way), `/endless` (the plain fixture over and over), `/page` (HTML), `/log` (the ranges
 * asked for since the last call).
 */
export async function startContractServer({ fixtures, pages = {} }: ContractServerOptions): Promise<ContractServer> {
  const folder = fixtures instanceof URL ? fileURLToPath(fixtures) : fixtures;
  let ranges: string[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    const page = pages[pathname];
    if (page !== undefined) return void response.writeHead(200, { "Content-Type": page.type }).end(page.body);
    if (pathname === "/page") return void response.writeHead(200).end("<!doctype html><title>Not a data set</title>");
    if (pathname === "/log") {
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(ranges));
      ranges = [];
      return;
    }
    if (pathname === "/endless") return await sendForever(response, await readFile(`${folder}/plain.tfrecord`));
    const name = /^\/fixtures\/([\w.]+)$/.exec(pathname)?.[1];
    const bytes = name === undefined ? undefined : await readFile(`${folder}/${name}`).catch(() => undefined);
    if (bytes === undefined) return void response.writeHead(404).end("no such file");
    const flip = searchParams.get("flip");
    if (flip !== null) bytes[Number(flip)]! ^= 1;
    if (searchParams.has("gzip"))
      return void response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(bytes));
    sendRange(request, response, bytes);
  }

  function sendRange(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array): void {
    const { range } = request.headers;
    const found = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
    if (range === undefined || found === null) return void response.writeHead(200).end(bytes);
    ranges.push(range);
    const [start, end] = [Number(found[1]), Math.min(Number(found[2]) + 1, bytes.length)];
    response.writeHead(206, { "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}`, ETag: '"fixture"' });
    response.end(bytes.subarray(start, end));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Writes until the client goes away: only who reads a response as it comes gets anything out of it. */
async function sendForever(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  response.writeHead(200);
  const forever = Readable.from(repeat(bytes), { objectMode: false, highWaterMark: 2 ** 16 });
  // That the client goes away is the one way in which this ends.
  await pipeline(forever, response).catch(() => undefined);
}

function* repeat(bytes: Uint8Array): Generator<Uint8Array> {
  for (;;) yield bytes;
}
