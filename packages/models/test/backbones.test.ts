import { describe, expect, it } from "vitest";
import { cutGraph } from "../src/graph/cut.ts";
import { inputsOf, stagesOf } from "../src/graph/graph.ts";
import { tensorShapes } from "../src/graph/shapes.ts";
import { backboneSpec, backbones } from "../src/index.ts";

const all = Object.values(backbones);

/** The shape of the features before pooling, for square images of `size` pixels. */
function featureShape(name: string, size: number, alpha = 1): readonly number[] {
  const graph = backboneSpec(name).build(alpha);
  return tensorShapes(graph, [size, size, 3]).get(graph.output)!;
}

describe.each(all.map((spec) => [spec.name, spec] as const))("%s", (_, spec) => {
  const graph = spec.build(1);

  it("names every tensor once and reads only what was computed before", () => {
    const computed = new Set([graph.input]);
    for (const node of graph.nodes) {
      expect([...inputsOf(node)].filter((name) => !computed.has(name))).toEqual([]);
      expect(computed).not.toContain(node.name);
      computed.add(node.name);
    }
    expect(computed).toContain(graph.output);
  });

  it("has stages that stand in one piece, each behind exactly one tensor", () => {
    const runs = graph.nodes.map(({ stage }) => stage).filter((stage, i, list) => stage !== list[i - 1]);
    expect(runs).toEqual(stagesOf(graph));
    for (const stage of runs) {
      const { below, above } = cutGraph(graph, stage);
      expect(below.nodes.length + above.nodes.length).toBe(graph.nodes.length);
    }
  });

  it("gives features of the stated width at the smallest and the usual size", () => {
    for (const size of [spec.minimumInputSize, spec.defaultInputSize]) {
      const [h, w, c] = featureShape(spec.name, size);
      expect(c).toBe(spec.features);
      expect(h).toBeGreaterThanOrEqual(1);
      expect(w).toBe(h);
    }
  });
});

describe("the size of the features", () => {
  // Of keras.applications.X(include_top=False, input_shape=(size, size, 3)).output_shape, Keras 3.15.
  const SIZES = [224, 160, 99, 67, 32];
  it.each([
    ["densenet169", [7, 5, 3, 2, 1]],
    ["mobilenet", [7, 5, 3, 2, 1]],
    ["mobilenetV2", [7, 5, 4, 3, 1]],
    ["resnet50", [7, 5, 4, 3, 1]],
    ["vgg16", [7, 5, 3, 2, 1]],
    ["vgg19", [7, 5, 3, 2, 1]],
  ])("of %s is Keras's at even and odd sizes", (name, expected) => {
    expect(SIZES.map((size) => featureShape(name, size)[0])).toEqual(expected);
  });

  it("of a narrower mobilenet is a share of 1,024", () => {
    expect([0.25, 0.5, 0.75, 1].map((alpha) => featureShape("mobilenet", 224, alpha)[2])).toEqual([
      256, 512, 768, 1024,
    ]);
  });
});

describe("the stages", () => {
  it.each([
    ["vgg16", "block1 block2 block3 block4 block5"],
    ["densenet169", "conv1 conv2 pool2 conv3 pool3 conv4 pool4 conv5"],
    ["resnet50", "conv1 conv2 conv3 conv4 conv5"],
    ["resnet14", "conv1 conv2 conv3 conv4"],
  ])("of %s", (name, expected) => {
    expect(stagesOf(backboneSpec(name).build(1)).join(" ")).toBe(expected);
  });

  it("of the mobile networks are their blocks", () => {
    const stages = (name: string) => stagesOf(backboneSpec(name).build(1));
    expect([stages("mobilenet").length, stages("mobilenetV2").length]).toEqual([14, 19]);
    expect(stages("mobilenet").at(-1)).toBe("block13");
    expect(stages("mobilenetV2").at(-1)).toBe("Conv_1");
  });
});

describe("the ImageNet weights", () => {
  const published = all.filter((spec) => spec.imagenet !== undefined);

  it("are those of six architectures", () => {
    const names = published.map(({ name }) => name).sort();
    expect(names).toEqual(["densenet169", "mobilenet", "mobilenetV2", "resnet50", "vgg16", "vgg19"]);
  });

  it.each(published.map((spec) => [spec.name, spec] as const))(
    "of %s have an address, licence and source",
    (_, spec) => {
      const files = (spec.imagenetAlphas ?? spec.alphas ?? [1]).map((alpha) => spec.imagenet!(alpha));
      expect(new Set(files.map(({ url }) => url)).size).toBe(files.length);
      for (const { url, bytes, md5, licence, source } of files) {
        expect(url).toMatch(
          /^https:\/\/storage\.googleapis\.com\/tensorflow\/keras-applications\/\w+\/\S+no_?top\.h5$/,
        );
        expect(licence).toMatch(/^(MIT|Apache-2\.0|BSD-3-Clause|CC-BY-4\.0)$/);
        expect(source).toContain("ImageNet");
        expect(md5 === undefined).toBe(bytes === undefined);
        if (md5 !== undefined) expect(md5).toMatch(/^[0-9a-f]{32}$/);
      }
    },
  );

  it("of a mobilenet go by its width", () => {
    const { alphas = [], imagenet } = backboneSpec("mobilenet");
    const names = alphas.map((alpha) => imagenet!(alpha).url.split("/").at(-1));
    expect(names).toEqual(["2_5", "5_0", "7_5", "1_0"].map((width) => `mobilenet_${width}_224_tf_no_top.h5`));
  });
});
