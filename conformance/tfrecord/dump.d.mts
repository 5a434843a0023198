import type { Example, SequenceExample } from "@cassava/tfrecord";

export declare function dumpExample(example: Example): unknown;
export declare function dumpSequence(sequence: SequenceExample): unknown;
export declare function parsed<T>(
  decode: (record: Uint8Array) => T,
  dump: (value: T) => unknown,
  record: Uint8Array,
): unknown;
export declare function difference(ours: readonly unknown[], theirs: readonly unknown[]): string | undefined;
