import h5wasm from "h5wasm";

/** A tensor of a file. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

let files = 0;

/** A file in the layout of Keras's save_weights: groups by layer, tensors by `weight_names`. */
export async function kerasFile(
  layers: Readonly<Record<string, Readonly<Record<string, Tensor>>>>,
  split = false,
): Promise<Uint8Array> {
  const { FS } = await h5wasm.ready;
  const path = `/test-${files++}.h5`;
  const file = new h5wasm.File(path, "w");
  type Group = ReturnType<typeof file.create_group>;
  const groupIn = (parent: Group, path: readonly string[]): Group =>
    path.reduce((at, part) => (at.keys().includes(part) ? (at.get(part) as Group) : at.create_group(part)), parent);
  const names = Object.keys(layers);
  if (split) {
    file.create_attribute("layer_names0", names.slice(0, 1));
    file.create_attribute("layer_names1", names.slice(1));
  } else file.create_attribute("layer_names", names);
  for (const [layer, tensors] of Object.entries(layers)) {
    const group = groupIn(file, layer.split("/"));
    // h5wasm cannot write an empty list; Keras leaves an empty attribute for layers without weights.
    if (Object.keys(tensors).length > 0) group.create_attribute("weight_names", Object.keys(tensors));
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      const parts = name.split("/");
      groupIn(group, parts.slice(0, -1)).create_dataset({ name: parts.at(-1)!, data, shape: [...shape] });
    }
  }
  file.close();
  const bytes = FS.readFile(path) as Uint8Array;
  FS.unlink(path);
  return bytes;
}
