// The package as built, for `pnpm fuzz tfrecord`.
import { fileURLToPath } from "node:url";
import * as root from "@cassava/tfrecord";
import { openFile } from "@cassava/tfrecord/node";
import { buildIndex } from "@cassava/tfrecord/random-access";
import { createTarget } from "./target.mjs";

const { bytes, float, int, schema, string } = root;
const leaf = schema({
  image: bytes(),
  image_name: string(),
  target: int({ optional: true }),
  weights: float({ list: true }),
});
const { crc32c, inflate } = openFile(fileURLToPath(import.meta.url));

export default createTarget({ ...root, buildIndex, leaf, native: { ...(crc32c && { crc32c }), inflate } });
