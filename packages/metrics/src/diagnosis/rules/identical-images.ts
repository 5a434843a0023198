import { defineRule } from "../rule.ts";

/** Images that are one and the same once they are decoded. */
export const identicalImages = defineRule({
  id: "identical-images",
  group: "setup",
  preflight: true,
  source: "own; buffers that a reader fills again before the batch is used",
  defaults: {
    /** Share of the images that differ from one another at least. */
    distinct: 0.5,
    /** Images that must have been looked at. */
    images: 8,
  },
  evaluate({ batches }, { distinct: least, images: enough }) {
    const { distinct } = batches ?? {};
    if (distinct === undefined || distinct.of < enough) return { missing: ["how many images of a batch differ"] };
    const { images, of } = distinct;
    if (images >= least * of) return { pass: { refutes: [{ cause: "blank-input", weight: 0.3 }] } };
    return {
      finding: {
        severity: "error",
        confidence: 0.98,
        title: `${of} images are ${images === 1 ? "one and the same" : `only ${images} different ones`}`,
        evidence: [
          { name: "images that were looked at", value: of, unit: "images" },
          { name: "different ones among them", value: images, unit: "images" },
        ],
        explanation: `Of ${of} training images ${images} differ from one another after decoding. Nothing can be learned from images that are all the same: what decodes them gives the same pixels again, as where one buffer is filled anew before the batch is used.`,
        causes: [{ cause: "blank-input", weight: 0.95 }],
        remedy: "Look at a batch as the model sees it (cassava report shows one), and at what decodes the images.",
        falsePositive: "The data set really holds copies of few images; cassava audit names them.",
      },
    };
  },
});
