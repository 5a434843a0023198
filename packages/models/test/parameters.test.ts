import { describe, expect, it } from "vitest";
import { nodeMultiplyAdds, tensorShapes, weightSpecs } from "../src/graph/shapes.ts";
import { backboneSpec } from "../src/index.ts";
import { elementCount } from "../src/weights/weights.ts";

const size = [224, 224, 3] as const;

function parametersOf(name: string, alpha = 1): number {
  const specs = weightSpecs(backboneSpec(name).build(alpha), size);
  return specs.reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

function multiplyAdds(name: string): number {
  const graph = backboneSpec(name).build(1);
  const shapes = tensorShapes(graph, size);
  return graph.nodes.reduce((sum, node) => sum + nodeMultiplyAdds(node, shapes), 0);
}

describe("parameters", () => {
  // Of keras.applications.X(include_top=False).count_params(), Keras 3.15.
  it.each([
    ["densenet169", 1, 12_642_880],
    ["mobilenet", 1, 3_228_864],
    ["mobilenet", 0.75, 1_832_976],
    ["mobilenet", 0.5, 829_536],
    ["mobilenet", 0.25, 218_544],
    ["mobilenetV2", 1, 2_257_984],
    ["resnet50", 1, 23_587_712],
    ["vgg16", 1, 14_714_688],
    ["vgg19", 1, 20_024_384],
  ])("of %s at alpha %d are Keras's", (name, alpha, expected) => {
    expect(parametersOf(name, alpha)).toBe(expected);
  });

  // A float32 file of Keras holds them and little else.
  it.each(["densenet169", "resnet50", "vgg16", "vgg19"])("of %s fill its published file", (name) => {
    const { bytes = 0 } = backboneSpec(name).imagenet!(1);
    const floats = 4 * parametersOf(name);
    expect(bytes).toBeGreaterThan(floats);
    expect(bytes - floats).toBeLessThan(0.03 * floats);
  });
});

describe("multiply-adds at 224 pixels", () => {
  // Published: VGG16 15.3 and VGG19 19.6 billion (He et al., table 1 and section 3.3, with their dense layers of 0.12), DenseNet169
  // 3.4 billion (Huang et al. in their repository), MobileNet 569 million (Howard et al., table 8, with 1 million for the top).
  it.each([
    ["vgg16", 15.35e9, 0.01],
    ["vgg19", 19.51e9, 0.01],
    ["densenet169", 3.4e9, 0.02],
    ["mobilenet", 568e6, 0.005],
  ])("of %s are those of the literature", (name, published, tolerance) => {
    const found = multiplyAdds(name);
    expect(Math.abs(found / published - 1)).toBeLessThan(tolerance);
  });

  it("of the networks whose count Keras's structure gives exactly", () => {
    expect(multiplyAdds("mobilenetV2")).toBe(299_494_272);
    expect(multiplyAdds("resnet50")).toBe(3_855_925_248);
  });
});
