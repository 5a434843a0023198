import { BYTES, FLOAT, INT64 } from "./feature.ts";
import { encodeText } from "./text.ts";

/** How a feature is read: which kind of list it must hold and what JavaScript value it becomes. */
export type FieldType = "bytes" | "string" | "float" | "int" | "bigint";

export interface FieldOptions {
  /** The feature may be absent, `Feature {}` or (for a single value) an empty list; the value is then undefined. */
  readonly optional?: boolean;
  /** Any number of values, as an array; without it exactly one value is expected. */
  readonly list?: boolean;
}

/** One feature of a schema. `Value` and `Optional` exist in the type only. */
export interface Field<Value = unknown, Optional extends boolean = boolean> {
  readonly type: FieldType;
  readonly list: boolean;
  readonly optional: Optional;
  /** Never set: carries the type of the decoded value. */
  readonly value?: Value;
}

type FieldOf<Options extends FieldOptions, One, Many> = Field<
  Options["list"] extends true ? Many : One,
  Options["optional"] extends true ? true : false
>;

function field(type: FieldType, { optional = false, list = false }: FieldOptions = {}): Field {
  return Object.freeze({ type, list, optional });
}

/** A bytes feature: `Uint8Array`, or `Uint8Array[]` with `list`. Views into the record. */
export function bytes<const O extends FieldOptions = object>(options?: O): FieldOf<O, Uint8Array, Uint8Array[]> {
  return field("bytes", options) as FieldOf<O, Uint8Array, Uint8Array[]>;
}

/** A bytes feature that holds UTF-8 text: `string`, or `string[]` with `list`. Invalid UTF-8 is an error. */
export function string<const O extends FieldOptions = object>(options?: O): FieldOf<O, string, string[]> {
  return field("string", options) as FieldOf<O, string, string[]>;
}

/** A float feature (single precision): `number`, or `Float32Array` with `list`. */
export function float<const O extends FieldOptions = object>(options?: O): FieldOf<O, number, Float32Array> {
  return field("float", options) as FieldOf<O, number, Float32Array>;
}

/** An int64 feature: `number`, or `number[]` with `list`. Values beyond ±(2^53 - 1) are an error: see `bigint`. */
export function int<const O extends FieldOptions = object>(options?: O): FieldOf<O, number, number[]> {
  return field("int", options) as FieldOf<O, number, number[]>;
}

/** An int64 feature, exact: `bigint`, or `BigInt64Array` with `list`. */
export function bigint<const O extends FieldOptions = object>(options?: O): FieldOf<O, bigint, BigInt64Array> {
  return field("bigint", options) as FieldOf<O, bigint, BigInt64Array>;
}

export type SchemaFields = { readonly [name: string]: Field };

/** A field as the decoder wants it. */
export interface SchemaEntry {
  readonly name: string;
  /** UTF-8 of `name`. */
  readonly key: Uint8Array;
  readonly field: Field;
  /** Field number of its list in `tf.train.Feature`: 1 bytes, 2 floats, 3 int64. */
  readonly kind: number;
}

/** The features to read, by name. Features that are not named are passed over without being decoded. */
export interface Schema<Fields extends SchemaFields = SchemaFields> {
  readonly fields: Fields;
  /** The fields in the order in which they were given. */
  readonly entries: readonly SchemaEntry[];
  /** A record without values, which decoding copies: so all records have their keys in one order. */
  readonly template: { readonly [name: string]: undefined };
}

/** Describes the records to read: `schema({ image: bytes(), target: int({ optional: true }) })`. */
export function schema<const Fields extends SchemaFields>(fields: Fields): Schema<Fields> {
  const entries = Object.entries(fields).map(([name, field]) => ({
    name,
    key: encodeText(name),
    field,
    kind: field.type === "float" ? FLOAT : field.type === "int" || field.type === "bigint" ? INT64 : BYTES,
  }));
  return Object.freeze({
    fields: { ...fields },
    entries: entries,
    template: Object.fromEntries(entries.map(({ name }) => [name, undefined])),
  });
}

type ValueOf<F> = F extends Field<infer Value, boolean> ? Value : never;
type OptionalNames<Fields> = { [K in keyof Fields]: Fields[K] extends Field<unknown, true> ? K : never }[keyof Fields];
type RecordOf<Fields> = {
  -readonly [K in Exclude<keyof Fields, OptionalNames<Fields>>]: ValueOf<Fields[K]>;
} & { -readonly [K in OptionalNames<Fields>]?: ValueOf<Fields[K]> | undefined };

/** The type of a record read with a schema: `InferRecord<typeof leaf>`. */
export type InferRecord<S extends Schema> =
  S extends Schema<infer Fields> ? { [K in keyof RecordOf<Fields>]: RecordOf<Fields>[K] } : never;
