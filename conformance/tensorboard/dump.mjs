// Values of event files in the form of dump.py, which holds every bit.

/** A double as its 16 hexadecimal digits; every NaN is one. */
export const bits = (value) => {
  if (Number.isNaN(value)) return "nan";
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
};

const base64 = (bytes) => Buffer.from(bytes).toString("base64");

const content = (value) => {
  switch (value.kind) {
    case "scalar":
      return { kind: "scalar", value: bits(value.value) };
    case "histogram":
      return { kind: "histogram", rows: rowsOf(value.buckets) };
    case "image": {
      const { kind, width, height, images } = value;
      return { kind, width, height, images: images.map(base64) };
    }
    case "text":
      return { kind: "text", shape: value.shape, texts: value.texts };
    default:
      return { kind: "unknown", plugin: value.plugin ?? "" };
  }
};

/** Buckets as rows of bits. */
export const rowsOf = (buckets) => buckets.map(({ left, right, count }) => [left, right, count].map(bits));

/** What dump.py prints of the values of a file. */
export const dumpValues = (values) =>
  values
    .filter(({ kind }) => kind !== "other")
    .map((value) => ({ step: value.step, wallTime: bits(value.wallTime), tag: value.tag, ...content(value) }));

const rounded = (digits) => (digits === "nan" ? digits : bits(Math.fround(Buffer.from(digits, "hex").readDoubleBE())));

/** Where our values and those of dump.py differ first, in words; undefined where they are the same. */
export const difference = (ours, theirs) => {
  if (ours.length !== theirs.length) return `${ours.length} values, not ${theirs.length}`;
  for (const [i, wanted] of theirs.entries()) {
    const { rounded: round, ...rest } = wanted;
    const found = round ? { ...ours[i], rows: ours[i].rows?.map((row) => row.map(rounded)) } : ours[i];
    // The plugin of audio of version 1 is TensorBoard's addition.
    const [a, b] = [found, rest].map((one) => (one.kind === "unknown" ? { ...one, plugin: "" } : one));
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    const key = keys.find((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
    if (key !== undefined) {
      return `value ${i} (${wanted.tag}): ${key} is ${JSON.stringify(a[key])}, not ${JSON.stringify(b[key])}`;
    }
  }
  return undefined;
};

/** The array that a histogram was counted of, from expected.json. */
export const arrayOf = ([type, text]) => {
  const { buffer } = Uint8Array.from(Buffer.from(text, "base64"));
  return type === "float64" ? new Float64Array(buffer) : new Float32Array(buffer);
};
