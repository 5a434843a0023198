import type { CassavaClassifier } from "../classifier.ts";

/** How {@link exportOnnx} writes a classifier. */
export interface ExportOnnxOptions {
  /**
   * Store the kernels as float16: half the file. They are widened when it is loaded and computed with in float32. Biases stay
   * float32, and so does a kernel with a value that float16 cannot hold. Default false.
   */
  readonly float16?: boolean | undefined;
}

/**
 * A whole classifier as an ONNX file (operator set 17, IR 8), for onnxruntime 1.17 and later and nothing of this package. Input
 * `images`, float32 [N, height, width, 3] with RGB values 0-255: preprocessing is inside. Output `probabilities`, float32 [N,
 * classes]. N is free. The file's `metadata_props` have `classes`, the class infos in order, and `preprocessing`, the contract
 * with the input size and how images are resized to it, both as JSON.
 *
 * @throws {ModelsError} `OPTION_INVALID`: more than 2 GiB of weights.
 */
export async function exportOnnx(model: CassavaClassifier, options: ExportOnnxOptions = {}): Promise<Uint8Array> {
  // Imported here, so that who exports nothing loads no library for it.
  const { encodeOnnx } = await import("./onnx.ts");
  const { graph, contract, classes } = model;
  const metadata = { classes: JSON.stringify(classes), preprocessing: JSON.stringify(contract) };
  const weights = await model.weightValues();
  return encodeOnnx({ graph, weights }, { contract, softmax: true, float16: options.float16, metadata });
}
