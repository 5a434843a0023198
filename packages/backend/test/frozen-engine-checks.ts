import assert from "node:assert/strict";
import type { Batch, FrozenEngine, FrozenPart, FrozenSpec } from "@cassava/contracts";
import { KNOWN_GRAPHS, type KnownGraph, SIZE, STRIDE } from "./onnx-graphs.ts";

/** One thing that every engine of frozen parts must do; throws where it does not. */
export interface FrozenEngineCheck {
  readonly title: string;
  check(engine: FrozenEngine): Promise<void>;
}

/** Images of whole numbers from 0 to 255, no two alike. */
function imagesOf(n: number, seed = 1): Batch {
  let state = seed;
  const images = Uint8Array.from({ length: n * STRIDE }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  const ids = Array.from({ length: n }, (_, i) => `image-${i}`);
  return { ids, images, shape: [n, ...SIZE, 3], views: new Int32Array(n), hashes: ids };
}

function expectedOf({ expected }: KnownGraph, { images }: Batch): Float32Array {
  const rows = Array.from({ length: images.length / STRIDE }, (_, i) =>
    expected([...images.subarray(i * STRIDE, (i + 1) * STRIDE)]),
  );
  return Float32Array.from(rows.flat());
}

function specOf({ outputShape }: KnownGraph, id = "known"): FrozenSpec {
  return { id, inputSize: SIZE, outputShape };
}

async function withPart(engine: FrozenEngine, graph: KnownGraph, work: (part: FrozenPart) => Promise<void>) {
  const part = await engine.load(graph.file, specOf(graph));
  try {
    await work(part);
  } finally {
    part.dispose();
  }
}

/** A rejection that says what is wrong: an error of the backend, in one line. */
async function refuses(work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, "BackendError");
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

const [imagesGraph, vectorsGraph] = KNOWN_GRAPHS as [KnownGraph, KnownGraph];

/** The contract of a `FrozenEngine`. */
export const FROZEN_ENGINE_CHECKS: readonly FrozenEngineCheck[] = [
  ...KNOWN_GRAPHS.flatMap((graph) => [
    {
      title: `computes ${graph.title}, whatever the number of images`,
      check: (engine: FrozenEngine) =>
        withPart(engine, graph, async (part) => {
          for (const n of [1, 2, 7, 8, 9, 33]) {
            const batch = imagesOf(n);
            assert.deepEqual(await part.run(batch), expectedOf(graph, batch), `${n} images`);
          }
        }),
    },
    {
      title: `takes bytes and float32 alike: ${graph.title}`,
      check: (engine: FrozenEngine) =>
        withPart(engine, graph, async (part) => {
          const batch = imagesOf(5);
          const floats = { ...batch, images: Float32Array.from(batch.images) };
          assert.deepEqual(await part.run(floats), expectedOf(graph, batch));
        }),
    },
  ]),
  {
    title: "gives no features for no images",
    check: (engine) =>
      withPart(engine, vectorsGraph, async (part) =>
        assert.deepEqual(await part.run(imagesOf(0)), new Float32Array(0)),
      ),
  },
  {
    title: "says of a part what it was told of it",
    check: (engine) =>
      withPart(engine, imagesGraph, async ({ id, inputSize, outputShape }) =>
        assert.deepEqual({ id, inputSize, outputShape }, specOf(imagesGraph)),
      ),
  },
  {
    title: "keeps parts and batches that run at once apart, and results that were given out",
    async check(engine) {
      const parts = await Promise.all(KNOWN_GRAPHS.map((graph) => engine.load(graph.file, specOf(graph))));
      const batches = [imagesOf(11, 2), imagesOf(3, 3)];
      const runs = parts.flatMap((part) => batches.map((batch) => part.run(batch)));
      const results = await Promise.all(runs);
      const expected = KNOWN_GRAPHS.flatMap((graph) => batches.map((batch) => expectedOf(graph, batch)));
      for (const part of parts) await part.run(imagesOf(11, 4));
      for (const part of parts) part.dispose();
      assert.deepEqual(results, expected);
    },
  },
  {
    title: "finishes what runs when it is disposed of, then refuses, and may be disposed of twice",
    async check(engine) {
      const part = await engine.load(vectorsGraph.file, specOf(vectorsGraph));
      const batch = imagesOf(20);
      const running = part.run(batch);
      part.dispose();
      part.dispose();
      assert.deepEqual(await running, expectedOf(vectorsGraph, batch));
      await refuses(() => part.run(batch));
    },
  },
  {
    title: "refuses what is no graph",
    check: (engine) => refuses(() => engine.load(Uint8Array.of(1, 2, 3), specOf(vectorsGraph))),
  },
  {
    title: "refuses images of another size, and a graph with another output than was said",
    async check(engine) {
      const batch = imagesOf(2);
      await withPart(engine, vectorsGraph, (part) =>
        refuses(() => part.run({ ...batch, images: batch.images.subarray(3) })),
      );
      const part = await engine.load(vectorsGraph.file, { ...specOf(vectorsGraph), outputShape: [3] });
      await refuses(() => part.run(batch));
      part.dispose();
    },
  },
];

/** The titles of the checks that an engine does not pass. */
export async function failedChecks(engine: FrozenEngine): Promise<string[]> {
  const failed: string[] = [];
  for (const { title, check } of FROZEN_ENGINE_CHECKS) {
    await check(engine).catch(() => failed.push(title));
  }
  return failed;
}
