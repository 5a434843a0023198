import type { BatchSource, ClassInfo } from "@cassava/contracts";

export function classes(count: number): ClassInfo[] {
  return Array.from({ length: count }, (_, index) => ({ index, name: `class ${index}` }));
}

/** Images of one pixel by their names; `decoding` is told of every batch that is decoded. */
export function pixelSource(
  ids: readonly string[],
  batchSize: number,
  decoding: (ids: readonly string[]) => void = () => {},
): BatchSource {
  const parts = ids.flatMap((_, i) => (i % batchSize === 0 ? [ids.slice(i, i + batchSize)] : []));
  const encoded = (part: readonly string[]) => {
    const common = {
      ids: part,
      labels: Int32Array.from(part, (id) => ids.indexOf(id) % 2),
      views: new Int32Array(part.length),
      hashes: part.map((id) => `hash-${id}`),
    };
    const decode = async () => {
      decoding(part);
      const images = Uint8Array.from(part.flatMap((id) => [ids.indexOf(id), 1, 2]));
      return { ...common, images, shape: [part.length, 1, 1, 3] as const };
    };
    return { ...common, decode };
  };
  return {
    classes: classes(2),
    size: ids.length,
    pixels: "test",
    async *encoded() {
      for (const part of parts) yield encoded(part);
    },
    async *batches() {
      for (const part of parts) yield await encoded(part).decode();
    },
  };
}
