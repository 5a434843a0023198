// What `cassava convert` writes, read by TensorFlow: same names, labels and bytes.
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { convertToShards, openDataset, writeSyntheticShards } from "@cassava/data/node";

/** @type {import("../../scripts/conformance.mjs").Conformance} */
export const convertSuite = async ({ python, shared, work, check }) => {
  const leaves = join(work, "leaves");
  if (shared === undefined) await writeSyntheticShards(leaves, { count: 200, seed: 1 }, { shards: 2 });
  const dataset = await openDataset(shared === undefined ? leaves : join(shared, "data/cassava"));
  const files = await convertToShards(dataset, { out: join(work, "converted"), shards: 4 });
  const paths = files.map(({ path }) => path);
  const expected = [];
  for (const entry of dataset.entries) {
    const digest = createHash("sha256")
      .update(await dataset.read(entry))
      .digest("hex");
    expected.push([entry.id, entry.label, digest]);
  }
  await dataset.close();

  await check(`convert: TensorFlow reads ${expected.length} images with their names, labels and bytes`, async () => {
    const found = JSON.parse(await python("tfrecord/convert.py", paths));
    if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error("TensorFlow reads something else");
  });
  await check("convert: TensorFlow refuses a shard with one bit flipped", async () => {
    const file = await open(paths[0], "r+");
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 5000);
    await file.write(Buffer.from([buffer[0] ^ 1]), 0, 1, 5000);
    await file.close();
    await python("tfrecord/convert.py", paths).then(
      () => Promise.reject(new Error("it did not")),
      (error) => {
        if (!/DataLoss|corrupted/.test(String(error))) throw error;
      },
    );
  });
};
