import { evaluateClassification, verdict } from "@cassava/metrics";
import { diagnose } from "@cassava/metrics/diagnosis";
import type { ReportInput } from "../src/index.ts";

/** A pixel. */
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Answers that a made model gives: right for three of four images, and sure of itself. */
export function madeAnswers(n: number, classes: number, prefix: string) {
  const labels = Array.from({ length: n }, (_, i) => (i % 5 < 3 ? 0 : i % classes));
  const probabilities = labels.flatMap((label, i) => {
    const answer = i % 4 === 3 ? (label + 1) % classes : label;
    const sure = 0.5 + 0.4 * ((i * 37) % 101) * 0.01;
    return Array.from({ length: classes }, (_, c) => (c === answer ? sure : (1 - sure) / (classes - 1)));
  });
  return { ids: labels.map((_, i) => `${prefix}-${i}.jpg`), labels, probabilities };
}

/** Everything that a report can show, of a made run. */
export function madeRun(classes: readonly string[] = ["blight", "mosaic", "healthy"]): ReportInput {
  const predictions = madeAnswers(60, classes.length, "test");
  const validation = madeAnswers(40, classes.length, "validation");
  const summary = evaluateClassification({ ...predictions, classes, seed: 1 });
  const correct = Math.round(summary.accuracy.estimate! * summary.n);
  const history = Array.from({ length: 8 }, (_, i) => ({
    loss: 1.25 - 0.001 * i,
    accuracy: 0.6,
    val_loss: 1.26,
    val_accuracy: 0.61,
    learning_rate: i < 4 ? 1e-3 : 1e-4,
  }));
  return {
    title: "A made run",
    about: "60 test images; weights of mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
    classes,
    part: "test",
    verdict: verdict({
      model: { name: "made", correct, n: summary.n },
      baselines: [{ name: "the majority class", correct: 36, n: 60 }],
    }),
    summary,
    predictions,
    validation,
    diagnosis: diagnose({ history, classes, classCounts: [610, 200, 190] }),
    experiments: ["linear probe: a made one"],
    history,
    keptEpoch: 3,
    splitCounts: { train: [366, 120, 114], validation: [122, 40, 38], test: [122, 40, 38] },
    data: { leaked: [{ trained: "a.jpg", held: "b.jpg" }], shards: [[1, 2, 3]], images: 1000 },
    audit: [{ title: "Audit", rows: [["unreadable", "none"]] }],
    photographs: new Map(predictions.ids.map((id) => [id, PIXEL])),
    seen: { about: "A draw.", images: [{ id: "a.jpg", label: "plain", uri: PIXEL }] },
    facts: [{ title: "Settings", rows: [["seed", "1"]] }],
    reproduce: ["cassava train photographs --seed 1"],
  };
}
