import { type ByteSource, type ReadRecordsOptions, readRecords } from "@cassava/tfrecord";
import type { ContractHost } from "./contract.ts";

/** What `fixtures/tfrecord/expected.json` says. */
export interface Expected {
  readonly examples: readonly unknown[];
  readonly sequences: readonly unknown[];
  readonly unusual: readonly { readonly example: unknown; readonly sequence: unknown }[];
}

export async function expected({ origin }: ContractHost): Promise<Expected> {
  return await (await fetch(`${origin}/fixtures/expected.json`)).json();
}

export const address = ({ origin }: ContractHost, name: string): string => `${origin}/fixtures/${name}`;

export async function fixture(host: ContractHost, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address(host, name));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

export const records = async (source: ByteSource, options?: ReadRecordsOptions) =>
  await collect(readRecords(source, options));

/** Chunks that cut headers, data and checksums alike. */
export function cut(bytes: Uint8Array<ArrayBuffer>, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}
