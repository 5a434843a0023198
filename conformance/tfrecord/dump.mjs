// Examples as dump.py writes them: bytes as base64, floats as the hexadecimal of their 4 bytes, integers as text.

const floatHex = (value) => {
  if (Number.isNaN(value)) return "nan";
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getUint32(0).toString(16).padStart(8, "0");
};

const dumpFeature = (feature) => {
  if (feature.kind === "none") return ["none", []];
  if (feature.kind === "bytes") return ["bytes", feature.value.map((value) => Buffer.from(value).toString("base64"))];
  return [feature.kind, Array.from(feature.value, feature.kind === "float" ? floatHex : String)];
};

/** A map as entries sorted by code points, as Python sorts: an object would lose `__proto__`. */
const dumpMap = (map, dumpValue) =>
  [...map]
    .map(([key, value]) => [key, dumpValue(value)])
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

export const dumpExample = (example) => dumpMap(example, dumpFeature);

export const dumpSequence = ({ context, featureLists }) => ({
  context: dumpExample(context),
  lists: dumpMap(featureLists, (features) => features.map(dumpFeature)),
});

/** What `decode` and `dump` make of a record; null where `decode` refuses it with EXAMPLE_MALFORMED. */
export const parsed = (decode, dump, record) => {
  try {
    return dump(decode(record));
  } catch (error) {
    if (error.code === "EXAMPLE_MALFORMED") return null;
    throw error;
  }
};

/** The first difference between two lists of dumps, in words; undefined where there is none. */
export const difference = (ours, theirs) => {
  if (ours.length !== theirs.length) return `${ours.length} records, expected ${theirs.length}`;
  for (const [i, expected] of theirs.entries()) {
    const [a, b] = [JSON.stringify(ours[i]), JSON.stringify(expected)];
    if (a !== b) return `record ${i}: ${a.slice(0, 400)}, expected ${b.slice(0, 400)}`;
  }
  return undefined;
};
