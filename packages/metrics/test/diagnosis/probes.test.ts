import type { LinearProbeScore, PixelTreatment, ProbeHost } from "@cassava/contracts";
import { describe, expect, it } from "vitest";
import { CAUSES, diagnose, PROBES, type Probe, type ProbeOutcome, probesFor, rankCauses } from "../../src/diagnosis.ts";
import { COUNTS, HEALTHY, history, RULE_CASES } from "./cases.ts";

/** A healthy run's host, with some answers changed. */
function host(changes: Partial<ProbeHost> = {}): ProbeHost {
  return {
    secondsPerImage: async () => 0.01,
    overfit: async ({ steps }) => ({ losses: Array.from({ length: steps }, (_, i) => 1.6 * 0.9 ** i), error: 0 }),
    learningRates: async () => ({ used: 1e-3, suggestion: 2e-3, divergedAt: 0.5 }),
    evaluate: async ({ images, zeroed }) => ({ loss: zeroed ? 2 : 0.8, accuracy: 0.7, images }),
    linearProbe: async ({ weights }) => score(weights === "random" ? 1.15 : 0.9),
    ...changes,
  };
}

const score = (logLoss: number): LinearProbeScore => ({ accuracy: 0.6, logLoss, entropy: 1.18, images: 96 });
const treated = (losses: Partial<Record<PixelTreatment, number>>): Pick<ProbeHost, "linearProbe"> => ({
  linearProbe: async ({ pixels = "as given" }) => (losses[pixels] === undefined ? undefined : score(losses[pixels])),
});
const probe = (id: string): Probe => PROBES.find((one) => one.id === id)!;

describe("the range of learning rates", () => {
  it("goes by the rate that the epochs had, where it is logged: a warm-up may never end", async () => {
    const rates = host({ learningRates: async () => ({ used: 1e-2, suggestion: 2e-2, divergedAt: null }) });
    const asked = await probe("learning-rate-range").run(rates, {});
    expect(asked.refutes).toContainEqual({ cause: "learning-rate-too-low", weight: 0.8 });
    const logged = [{ learning_rate: 1e-6 }, { learning_rate: 2e-6 }];
    const { confirms, explanation } = await probe("learning-rate-range").run(rates, { history: logged });
    expect(confirms[0]?.cause).toBe("learning-rate-too-low");
    expect(explanation).toContain("the run used 2e-6");
  });
});

describe("what was seen in the run itself", () => {
  const refuted = (outcome: ProbeOutcome) => outcome.refutes.map(({ cause }) => cause);

  it("is not refuted by a new head at the rate that was asked for, where the loss ran away", async () => {
    const ranAway = { history: history(9, { loss: (e) => (e < 3 ? 1 - 0.2 * e : 9) }) };
    expect(refuted(await probe("learning-rate-range").run(host(), HEALTHY))).toContain("learning-rate-too-high");
    const { refutes, explanation } = await probe("learning-rate-range").run(host(), ranAway);
    expect(refutes.map(({ cause }) => cause)).toEqual(["learning-rate-too-low"]);
    expect(explanation).toContain("look at its schedule");
  });

  it("is not accused by what happens to be better on a few images: the pixels are as the weights declare", async () => {
    const few = { "as given": 1.168, "as declared": 1.168, "0 to 1": 0.95, "blue first": 0.929 };
    const scored = (images: number) =>
      host({
        linearProbe: async ({ pixels = "as given" }) => ({
          ...score(few[pixels as keyof typeof few] ?? 1.3),
          entropy: 1.082,
          images,
        }),
      });
    const confirmed = async (images: number) =>
      (await probe("preprocessing-sweep").run(scored(images), {})).confirms[0]?.cause;
    expect(await confirmed(36)).not.toBe("channel-order");
    expect(await confirmed(96)).toBe("channel-order");
  });

  it("decides which labels are wrong, where those of training images fit", async () => {
    const sweep = probe("preprocessing-sweep");
    const right = host(treated({ "as given": 0.9, "as declared": 0.9 }));
    expect(refuted(await sweep.run(right, HEALTHY))).toContain("labels-misaligned");
    const apart = await sweep.run(right, RULE_CASES["misaligned-labels"]!.fires);
    expect(apart.confirms).toEqual([{ cause: "labels-misaligned", weight: 0.8 }]);
    expect(refuted(apart)).not.toContain("labels-misaligned");
    expect(apart.explanation).toContain("look at the labels of the validation part");
  });

  it("decides what black images say: where all photographs get one answer, they may be copies of one", async () => {
    expect(refuted(await probe("zeroed-input").run(host(), HEALTHY))).toContain("blank-input");
    const { refutes, explanation } = await probe("zeroed-input").run(host(), RULE_CASES["constant-output"]!.fires);
    expect(refutes.map(({ cause }) => cause)).toEqual(["dead-head"]);
    expect(explanation).toContain("all photographs get the same one");
  });
});

describe("the experiments", () => {
  it.each(PROBES)("$id says beforehand how long it takes, and clears a healthy run", async (one) => {
    expect(await one.estimate(host())).toBeGreaterThan(0);
    const { confirms, refutes, explanation, evidence } = await one.run(host(), {});
    expect(confirms).toEqual([]);
    expect(refutes.length).toBeGreaterThan(0);
    expect(evidence.length).toBeGreaterThan(1);
    expect(explanation).not.toMatch(/NaN|undefined/);
    for (const cause of one.tests) expect(CAUSES).toHaveProperty(cause);
  });

  it.each<[string, string, Partial<ProbeHost>]>([
    ["zeroed-input", "dead-head", { evaluate: async ({ images }) => ({ loss: 1.18, accuracy: 0.6, images }) }],
    [
      "training-mode",
      "batch-normalization-mode",
      { evaluate: async ({ images, mode }) => ({ loss: mode === "training" ? 0.7 : 2.4, accuracy: 0.5, images }) },
    ],
    ["overfit-one-batch", "learning-rate-too-high", { overfit: async () => ({ losses: [1.6, 40, 900], error: 0.5 }) }],
    ["overfit-one-batch", "learning-rate-too-low", { overfit: async () => ({ losses: [1.6, 1.6, 1.59], error: 0.8 }) }],
    [
      "learning-rate-range",
      "learning-rate-too-high",
      { learningRates: async () => ({ used: 1, suggestion: 2e-3, divergedAt: 0.5 }) },
    ],
    [
      "learning-rate-range",
      "learning-rate-too-low",
      { learningRates: async () => ({ used: 1e-6, suggestion: 2e-3, divergedAt: null }) },
    ],
    ["pretrained-against-random", "weights-unloaded", { linearProbe: async () => score(1) }],
    ["preprocessing-sweep", "preprocessing", treated({ "as given": 1.18, "as declared": 0.9 })],
    // What is declared is as good as any: another that happens to be better is not the cause.
    ["preprocessing-sweep", "preprocessing", treated({ "as given": 1.18, "as declared": 0.97, "blue first": 0.9 })],
    ["preprocessing-sweep", "channel-order", treated({ "as given": 1.1, "as declared": 1.1, "blue first": 0.9 })],
    ["preprocessing-sweep", "labels-misaligned", treated({ "as given": 1.19, "as declared": 1.2 })],
  ])("%s confirms %s", async (id, cause, changes) => {
    const { confirms } = await probe(id).run(host(changes), {});
    expect(confirms[0]?.cause).toBe(cause);
  });

  it("say that they cannot be run where the host has nothing to give", async () => {
    const none = host({ linearProbe: async () => undefined });
    for (const id of ["preprocessing-sweep", "pretrained-against-random"]) {
      const { confirms, refutes, explanation } = await probe(id).run(none, {});
      expect([confirms, refutes]).toEqual([[], []]);
      expect(explanation).toMatch(/cannot be run here/);
    }
  });

  it("are chosen for the first few causes, and change the ranking", async () => {
    const plateau = {
      classCounts: COUNTS,
      history: history(10, { val_accuracy: () => 0.615, val_loss: () => 1.185, loss: () => 1.19 }),
    };
    const found = diagnose(plateau);
    expect(found.causes[0]?.cause).toBe("preprocessing");
    const chosen = probesFor(found.causes).map(({ id }) => id);
    expect(chosen).toContain("preprocessing-sweep");
    const healthyPixels = host({
      ...treated({ "as given": 0.9, "as declared": 0.9 }),
      learningRates: async () => ({ used: 0.1, suggestion: 1e-3, divergedAt: 0.15 }),
    });
    const probes = await Promise.all(
      ["preprocessing-sweep", "learning-rate-range"].map((id) => probe(id).run(healthyPixels, plateau)),
    );
    const [first] = diagnose({ ...plateau, probes }).causes;
    expect(first?.cause).toBe("learning-rate-too-high");
    expect(first?.because).toContain("learning-rate-range");
  });
});

describe("rankCauses", () => {
  const finding = (weight: number) => ({
    rule: "lr-range",
    severity: "error" as const,
    confidence: 1,
    title: "",
    evidence: [],
    explanation: "",
    causes: [{ cause: "learning-rate-too-high" as const, weight }],
    remedy: "",
    falsePositive: "",
  });
  const pass = [{ by: "update-ratio", cause: "learning-rate-too-high" as const, weight: 0.5 }];
  const confidence = (...args: Parameters<typeof rankCauses>) => rankCauses(...args)[0]?.confidence;

  it("lets what passed speak against what was inferred, and not against what was measured", () => {
    expect(confidence([finding(0.6)], pass)).toBeCloseTo(0.3, 12);
    expect(confidence([finding(0.9)], pass)).toBeCloseTo(0.9, 12);
    expect(confidence([finding(0.9), finding(0.6)], pass)).toBeCloseTo(1 - 0.1 * 0.7, 12);
  });

  it("lets experiments speak against both, against what was measured with half of their weight", () => {
    const refutes = [{ cause: "learning-rate-too-high" as const, weight: 0.8 }];
    const probes = [{ probe: "learning-rate-range", confirms: [], refutes, evidence: [], explanation: "" }];
    expect(confidence([finding(0.6)], [], probes)).toBeCloseTo(0.12, 12);
    expect(confidence([finding(0.9)], [], probes)).toBeCloseTo(0.54, 12);
  });
});
