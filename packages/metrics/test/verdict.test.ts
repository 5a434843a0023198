import { describe, expect, it } from "vitest";
import { isMetricsError, mcnemarTest, verdict } from "../src/index.ts";

const model = { name: "fine-tuned ResNet50", correct: 269, n: 320 };
const majority = { name: "the majority class", correct: 197, n: 320 };

describe("verdict", () => {
  it("calls a model better beyond doubt where its interval lies above every baseline's", () => {
    const result = verdict({
      model,
      baselines: [majority, { name: "logistic regression on pixels", correct: 186, n: 320 }],
    });
    expect(result.better).toBe(true);
    expect(result.level).toBe("beyond-doubt");
    expect(result.text).toBe(
      "Test accuracy 84.1 % (95 % interval 79.7-87.7 %, n = 320) is above the majority class (61.6 %, 56.1-66.7 %) and " +
        "logistic regression on pixels (58.1 %, 52.7-63.4 %).",
    );
  });

  it("says so where only a paired test tells the two apart", () => {
    const answers = (right: number, n: number) => Array.from({ length: n }, (_, i) => i < right);
    const paired = mcnemarTest(answers(269, 320), answers(250, 320));
    const result = verdict({ model, baselines: [majority, { name: "frozen features", correct: 250, n: 320, paired }] });
    expect(result.better).toBe(false);
    expect(result.level).toBe("paired-test-only");
    expect(result.comparisons.map(({ level }) => level)).toEqual(["beyond-doubt", "paired-test-only"]);
    expect(result.text).toBe(
      "Test accuracy 84.1 % (95 % interval 79.7-87.7 %, n = 320) is above the majority class (61.6 %, 56.1-66.7 %); it is " +
        "better than frozen features (78.1 %, 73.3-82.3 %, p < 0.001) by a paired test only, as the intervals overlap.",
    );
  });

  it("does not take a significant loss for a win", () => {
    const paired = { onlyA: 1, onlyB: 20, pValue: 0.0001 };
    const result = verdict({ model, baselines: [{ name: "a better model", correct: 288, n: 320, paired }] });
    expect(result.level).toBe("not-better");
    expect(result.text).toContain("is worse than a better model (90.0 %, 86.2-92.8 %, p < 0.001).");
    const lucky = { ...paired, pValue: 0.2 };
    const undecided = verdict({ model, baselines: [{ name: "another", correct: 288, n: 320, paired: lucky }] });
    expect(undecided.text).toContain("is not shown to be better than another (90.0 %, 86.2-92.8 %, p = 0.200).");
    const apart = verdict({ model, baselines: [{ name: "an oracle", correct: 319, n: 320 }] });
    expect([apart.level, apart.text]).toEqual([
      "not-better",
      expect.stringContaining("is worse than an oracle (99.7 %"),
    ]);
  });

  it("is not better than the majority class at the accuracy of the majority class", () => {
    const result = verdict({ model: { name: "frozen VGG19", correct: 197, n: 320 }, baselines: [majority] });
    expect(result).toMatchObject({ better: false, level: "not-better" });
  });

  it("asks for more where more confidence is asked", () => {
    const close = { name: "close", correct: 232, n: 320 };
    expect(verdict({ model, baselines: [close], confidence: 0.95 }).better).toBe(true);
    const strict = verdict({ model, baselines: [close], confidence: 0.999 });
    expect(strict.better).toBe(false);
    expect(strict.text).toContain("99.9 % interval");
  });

  it("needs a baseline and samples", () => {
    const codes = [
      () => verdict({ model, baselines: [] }),
      () => verdict({ model: { name: "none", correct: 0, n: 0 }, baselines: [majority] }),
    ].map((run) => {
      try {
        run();
      } catch (error) {
        if (isMetricsError(error)) return error.code;
      }
      return undefined;
    });
    expect(codes).toEqual(["OPTION_INVALID", "EMPTY"]);
  });
});

describe("mcnemarTest", () => {
  it("counts the four cases", () => {
    const result = mcnemarTest([1, 1, 1, 0, 0], [true, false, false, true, false]);
    expect(result).toMatchObject({ n: 5, bothCorrect: 1, onlyA: 2, onlyB: 1, bothWrong: 1, difference: 0.2 });
    // Three discordant tosses, one or fewer against: 2 * (1 + 3) / 8 = 1; the mid-p takes off P(X = 1) = 3/8.
    expect([result.pValue, result.midP]).toEqual([1, 0.625]);
  });
});
