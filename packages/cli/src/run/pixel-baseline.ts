import type { Dataset } from "@cassava/contracts";
import { imageBatches, type Split } from "@cassava/data";
import { defaultDecoder } from "@cassava/data/node";
import { logLoss } from "@cassava/metrics";
import { extractFeatures, type FeatureSet, type LinearClassifier, logisticRegression, rawPixels } from "@cassava/train";
import type { ActionContext } from "../context.ts";
import type { Baseline } from "./measure.ts";

/** Side of the images that logistic regression sees, in pixels. */
const SIZE = 32;
/** Candidates for the inverse strength of the penalty; the best on the validation images is taken. */
const STRENGTHS = [1e-4, 1e-3, 1e-2];
/** scikit-learn's default. */
const TOLERANCE = 1e-4;

/** Logistic regression on the pixels of images of 32x32: what can be read off colours and places without any network. */
export async function pixelBaseline(
  dataset: Dataset,
  split: Split,
  { output, signal }: ActionContext,
): Promise<Baseline> {
  const frozen = rawPixels(SIZE);
  const pixelsOf = (ids: readonly string[]): Promise<FeatureSet> => {
    const source = imageBatches(dataset, { ids, size: [SIZE, SIZE], batchSize: 64, decode: defaultDecoder() });
    return extractFeatures(frozen, source, { signal });
  };
  const [train, validation, test] = [
    await pixelsOf(split.train),
    await pixelsOf(split.validation),
    await pixelsOf(split.test),
  ];
  const progress = output.progress("logistic regression on pixels", STRENGTHS.length);
  const classes = dataset.classes.length;
  const fitted: { classifier: LinearClassifier; loss: number }[] = [];
  for (const c of STRENGTHS) {
    signal.throwIfAborted();
    const classifier = logisticRegression(train, { c, start: fitted.at(-1)?.classifier, tolerance: TOLERANCE });
    fitted.push({ classifier, loss: logLoss(validation.labels!, classifier.predict(validation), { classes }) });
    progress.update(fitted.length);
    // The fits are one computation each: signals and the terminal get their turn in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  progress.end();
  const best = fitted.reduce((a, b) => (b.loss < a.loss ? b : a));
  const probabilities = best.classifier.predict(test);
  const answers = new Map(
    test.ids.map((id, i) => {
      const row = probabilities.subarray(i * classes, (i + 1) * classes);
      return [id, row.indexOf(Math.max(...row))];
    }),
  );
  return { name: "logistic regression on pixels", answer: (id) => answers.get(id)! };
}
