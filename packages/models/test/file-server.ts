import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server does with one request for its file. */
export type Behaviour = (file: ServedFile, request: IncomingMessage, response: ServerResponse) => void;

export interface ServedFile {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export interface FileServer {
  /** Of the file `name`; the name counts for nothing but the key in the store. */
  url(name?: string): string;
  /** Behaviours of the next requests, in turn; then `serve` again. */
  readonly next: Behaviour[];
  /** What was asked for: `Range` of every request, or "whole". */
  readonly asked: string[];
  /** `If-Range` of every request that had one. */
  readonly conditions: string[];
  /** What is served; may be exchanged. */
  file: ServedFile;
  close(): Promise<void>;
}

/** Serves one file on a loopback port, over real connections. */
export async function startFileServer(bytes: Uint8Array, headers: Record<string, string> = { etag: '"v1"' }) {
  const next: Behaviour[] = [];
  const asked: string[] = [];
  const conditions: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.range ?? "whole");
    if (request.headers["if-range"] !== undefined) conditions.push(String(request.headers["if-range"]));
    (next.shift() ?? serve)(started.file, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const started: FileServer = {
    url: (name = "weights.h5") => `http://127.0.0.1:${port}/models/${name}`,
    next,
    asked,
    conditions,
    file: { bytes, headers },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return started;
}

/** Answers as RFC 9110 says: a range only where `If-Range` names the version that there is. */
export const serve: Behaviour = (file, request, response) => {
  const { body, head, status } = answer(file, request);
  response.writeHead(status, head).end(body);
};

/** Sends so many bytes of its answer, then drops the connection. */
export function dropAfter(count: number): Behaviour {
  return (file, request, response) => {
    const { body, head, status } = answer(file, request);
    response.writeHead(status, head);
    // What was sent should have arrived: a reset takes unread bytes with it.
    response.write(body.subarray(0, count), () => setTimeout(() => response.destroy(), 60));
  };
}

/** Takes no notice of ranges. */
export const ignoreRange: Behaviour = ({ bytes, headers }, _, response) => {
  response.writeHead(200, { ...headers, "content-length": bytes.length }).end(bytes);
};

/** Answers with this status, type and text. */
export function say(status: number, type: string, text: string): Behaviour {
  return (_, __, response) => void response.writeHead(status, { "content-type": type }).end(text);
}

/** Names no size: chunked. */
export const chunked: Behaviour = ({ bytes }, _, response) => {
  response.writeHead(200);
  response.write(bytes.subarray(0, 1000));
  response.end(bytes.subarray(1000));
};

function answer({ bytes, headers }: ServedFile, { headers: asked }: IncomingMessage) {
  const start = Number(/^bytes=(\d+)-$/.exec(asked.range ?? "")?.[1] ?? Number.NaN);
  const version = headers.etag ?? headers["last-modified"];
  if (Number.isNaN(start) || (asked["if-range"] !== undefined && asked["if-range"] !== version)) {
    return { status: 200, body: bytes, head: { ...headers, "content-length": bytes.length } };
  }
  const body = bytes.subarray(start);
  const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  return { status: 206, body, head: { ...headers, "content-length": body.length, "content-range": range } };
}
