import type { HistogramBucket, RecordedValue } from "@cassava/report/tensorboard";

export interface DumpedValue {
  readonly step: number;
  readonly wallTime: string;
  readonly tag: string;
  readonly kind: string;
  readonly rows?: readonly (readonly string[])[];
}

export function bits(value: number): string;
export function rowsOf(buckets: readonly HistogramBucket[]): string[][];
export function dumpValues(values: readonly RecordedValue[]): DumpedValue[];
export function difference(ours: readonly DumpedValue[], theirs: readonly DumpedValue[]): string | undefined;
export function arrayOf(saved: readonly [type: string, base64: string]): Float32Array | Float64Array;
