/**
 * Whole numbers `[row][part]` near the targets `sizes[row] * ratios[part]` that add up exactly to `sizes[row]` in each
 * row and to the largest-remainder apportionment of the total in each column (controlled rounding; L. Cox and L. Ernst,
 * 1982).
 *
 * Each cell is its target rounded down or up. The rows are first rounded by largest remainder; then images are moved
 * along cheapest exchange paths between columns (successive shortest paths of the transportation problem) until the
 * columns fit too, so that the sum of distances to the targets is minimal. A row with as many images as parts gets at
 * least one image in each part, which may take a cell, and in data sets of a few images a column, further from its
 * target.
 */
export function apportion(sizes: readonly number[], ratios: readonly number[]): number[][] {
  const rows = sizes.map((size) => roundRow(size, ratios));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const goal = largestRemainder(total, ratios);
  const excess = goal.map((count, part) => rows.reduce((sum, row) => sum + row.base[part]! + row.up[part]!, 0) - count);
  const pathOf = ratios.every((ratio) => ratio === ratios[0]) ? straightPath : cheapestPath;
  while (excess.some((value) => value > 0)) {
    const path = pathOf(rows, excess);
    if (path === undefined) break;
    for (const { row, from, to } of path) {
      rows[row]!.up[from] = 0;
      rows[row]!.up[to] = 1;
      excess[from]!--;
      excess[to]!++;
    }
  }
  return rows.map(({ base, up }) => base.map((count, part) => count + up[part]!));
}

/** Whole numbers that add up to `total`, each `total * ratio` rounded down or up; ties go to the earlier part. */
export function largestRemainder(total: number, ratios: readonly number[]): number[] {
  const targets = ratios.map((ratio) => target(total, ratio));
  const counts = targets.map(Math.floor);
  const order = byRemainder(targets.map((value, part) => value - counts[part]!));
  const left = total - counts.reduce((sum, count) => sum + count, 0);
  for (let k = 0; k < left; k++) counts[order[k % order.length]!]!++;
  return counts;
}

/** One row: cell = base + up, up is 0 or 1; `remainder` = target - base is the gain from rounding up. */
interface Row {
  readonly base: number[];
  readonly up: number[];
  readonly remainder: number[];
}

function roundRow(size: number, ratios: readonly number[]): Row {
  const targets = ratios.map((ratio) => target(size, ratio));
  const least = size >= ratios.length ? 1 : 0;
  const base = targets.map((value) => Math.max(least, Math.floor(value)));
  let left = size - base.reduce((sum, count) => sum + count, 0);
  for (; left < 0; left++) {
    // The minimum of one took more than there is: give back where most was given, but never the last image.
    const over = base.map((count, part) => (count > least ? count - targets[part]! : Number.NEGATIVE_INFINITY));
    base[over.indexOf(Math.max(...over))]!--;
  }
  const remainder = targets.map((value, part) => value - base[part]!);
  const up = base.map(() => 0);
  for (const part of byRemainder(remainder).slice(0, left)) up[part] = 1;
  return { base, up, remainder };
}

interface Move {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The cheapest way to take one image from a column with too many to one with too few, over other columns if need be.
 */
function cheapestPath(rows: readonly Row[], excess: readonly number[]): Move[] | undefined {
  const best: { cost: number; moves: Move[] }[] = excess.map((value) =>
    value > 0 ? { cost: 0, moves: [] } : { cost: Number.POSITIVE_INFINITY, moves: [] },
  );
  // Bellman-Ford on the columns; an edge is the cheapest row that can move one image between two columns.
  const edges = excess.map((_, from) =>
    excess.map((_, to) => (from === to ? undefined : cheapestMove(rows, from, to))),
  );
  let changed = true;
  for (let round = 1; round < excess.length && changed; round++) {
    changed = false;
    for (const [from, ahead] of edges.entries()) {
      for (const [to, edge] of ahead.entries()) {
        if (edge === undefined || best[from]!.moves.some((move) => move.row === edge.move.row)) continue;
        const cost = best[from]!.cost + edge.cost;
        if (!(cost < best[to]!.cost - 1e-12)) continue;
        best[to] = { cost, moves: [...best[from]!.moves, edge.move] };
        changed = true;
      }
    }
  }
  const ends = best.filter((_, part) => excess[part]! < 0).filter(({ cost }) => Number.isFinite(cost));
  ends.sort((a, b) => a.cost - b.cost);
  return ends[0]?.moves;
}

/**
 * The same where all columns have one share (folds): every move costs nothing, so the first column with too many gives
 * straight to the first with too few, which is what the search of all columns finds too. It has a row to do so, since it
 * has more cells rounded up.
 */
function straightPath(rows: readonly Row[], excess: readonly number[]): Move[] | undefined {
  const from = excess.findIndex((value) => value > 0);
  const to = excess.findIndex((value) => value < 0);
  const edge = from < 0 || to < 0 ? undefined : cheapestMove(rows, from, to);
  return edge && [edge.move];
}

function cheapestMove(rows: readonly Row[], from: number, to: number): { cost: number; move: Move } | undefined {
  let found: { cost: number; move: Move } | undefined;
  for (const [row, { up, remainder }] of rows.entries()) {
    // Rounding up a cell whose target is whole would put it a full image off: never.
    if (up[from] !== 1 || up[to] !== 0 || remainder[to]! <= 1e-9) continue;
    const cost = remainder[from]! - remainder[to]!;
    if (found === undefined || cost < found.cost) found = { cost, move: { row, from, to } };
  }
  return found;
}

/** Indices by falling remainder; ties keep their order. */
function byRemainder(remainder: readonly number[]): number[] {
  return remainder.map((_, part) => part).sort((a, b) => remainder[b]! - remainder[a]! || a - b);
}

/** `total * ratio`, freed of the last bits that would turn 7 into 6.999999999999999. */
function target(total: number, ratio: number): number {
  return Math.round(total * ratio * 1e9) / 1e9;
}
