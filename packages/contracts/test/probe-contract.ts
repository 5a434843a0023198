import type { ProbeHost } from "../src/index.ts";

/** One case of the contract; it throws where the contract is broken. */
export interface ProbeHostCase {
  readonly name: string;
  run(host: ProbeHost): Promise<void>;
}

function ensure(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function same(found: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  ensure(a === b, `${what}: ${a} is not ${b}`);
}

/** What every host of experiments owes on a small run; no test framework is needed. */
export const probeHostContract: readonly ProbeHostCase[] = [
  {
    name: "knows how long an image takes",
    async run(host) {
      ensure((await host.secondsPerImage()) > 0, "an image takes time");
    },
  },
  {
    name: "evaluates the trained model repeatably, and no experiment changes it",
    async run(host) {
      const options = { split: "validation", images: 20 } as const;
      const first = await host.evaluate(options);
      ensure(first.images > 0 && first.images <= 20 && first.loss > 0, "a loss of 20 images at most");
      ensure(first.accuracy >= 0 && first.accuracy <= 1, "an accuracy from 0 to 1");
      ensure((await host.evaluate({ ...options, zeroed: true })).loss !== first.loss, "black images are others");
      ensure(Number.isFinite((await host.evaluate({ ...options, mode: "training" })).loss), "a loss in training mode");
      await host.overfit({ images: 8, steps: 2 });
      same(await host.evaluate(options), first, "the run after the experiments");
    },
  },
  {
    name: "trains a new head on a few images, with a loss for each step",
    async run(host) {
      const { losses, error } = await host.overfit({ images: 8, steps: 30 });
      ensure(losses.length === 30 && losses.at(-1)! < losses[0]!, `losses that fall: ${losses}`);
      ensure(error >= 0 && error <= 1, "a share of wrong answers");
    },
  },
  {
    name: "finds rates beside the one that was used",
    async run(host) {
      const { used, suggestion, divergedAt } = await host.learningRates({});
      for (const rate of [used, suggestion ?? 1, divergedAt ?? 1]) ensure(rate > 0, `a rate is above 0: ${rate}`);
    },
  },
  {
    name: "fits a linear model on the frozen features, repeatably",
    async run(host) {
      const given = await host.linearProbe({ images: 60 });
      if (given === undefined) return;
      ensure(given.logLoss > 0 && given.entropy > 0 && given.images < 60, "scores of held-out images");
      same(await host.linearProbe({ images: 60 }), given, "the same probe again");
      const random = await host.linearProbe({ images: 60, weights: "random" });
      ensure(random === undefined || random.logLoss > 0, "a score on random weights");
    },
  },
  {
    name: "stops when it is asked to",
    async run(host) {
      const signal = AbortSignal.abort(new Error("enough"));
      const went = await host.overfit({ images: 12, steps: 5, signal }).then(
        () => "on",
        (error: unknown) => String(error),
      );
      ensure(went.includes("enough"), `it went ${went}`);
    },
  },
];
