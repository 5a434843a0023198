import type { WasmFunction } from "./assembler.ts";
import { columnFunctions } from "./column-functions.ts";
import { convTile, filterTile, TILE_COLUMNS, TILE_PIXELS, TILE_ROWS } from "./tile-functions.ts";

/** Every function of the training module; `simd` false writes them for engines without vector instructions. */
export function trainingFunctions({ simd }: { readonly simd: boolean }): WasmFunction[] {
  return [
    ...TILE_ROWS.flatMap((rows) => TILE_COLUMNS.map((columns) => filterTile(rows, columns, simd))),
    ...TILE_PIXELS.flatMap((pixels) => TILE_COLUMNS.map((columns) => convTile(pixels, columns, simd))),
    ...columnFunctions({ simd }),
  ];
}
