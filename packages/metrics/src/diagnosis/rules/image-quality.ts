import { defineRule } from "../rule.ts";
import { list, percent, plural } from "../text.ts";

/** Images that are dark, light, blurry, empty or oddly shaped. */
export const imageQuality = defineRule({
  id: "image-quality",
  group: "data",
  preflight: true,
  source: "CleanVision",
  defaults: {
    /** Share of the images from which on it is worth a look. */
    share: 0.01,
    warn: 0.2,
  },
  evaluate({ data }, { share: least, warn }) {
    const quality = data?.quality;
    if (quality === undefined || data?.images === undefined) return { missing: ["an audit of the images"] };
    const poor = new Set(quality.flatMap(({ ids }) => ids));
    const share = poor.size / Math.max(1, data.images);
    const kinds = quality.filter(({ ids }) => ids.length > 0);
    const unreadable = kinds.find(({ kind }) => kind === "unreadable");
    if (share < least && unreadable === undefined) return { pass: {} };
    return {
      finding: {
        severity: share > warn ? "warning" : "info",
        confidence: 0.8,
        title: `${plural(poor.size, "image")} (${percent(share)}) are worth a look`,
        evidence: kinds.map(({ kind, ids }) => ({ name: kind, value: ids.length, unit: "images" })),
        explanation: `${list(kinds.map(({ kind, ids }) => `${ids.length} ${kind} (such as ${ids[0]})`))}.`,
        causes: [{ cause: "blank-input", weight: share > warn ? 0.5 : 0.02 }],
        remedy: "cassava audit lists them.",
        falsePositive: "A dark or blurry photograph may be all that there is.",
      },
    };
  },
});
