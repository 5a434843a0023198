import { type Random, random, shuffled } from "../random.ts";

/** How many images each part wants, and which stay together. */
export interface PlaceOptions {
  /** The stratum (class index) of an id. */
  readonly stratum: (id: string) => number;
  /** Images wanted, `[stratum][part]`; the rows add up to the images of the stratum. */
  readonly need: readonly (readonly number[])[];
  readonly groups: ReadonlyMap<string, string | number> | undefined;
  readonly seed: number;
}

/** Images that stay together, and where they were put. */
interface Unit {
  readonly ids: readonly string[];
  /** Images of each stratum. */
  readonly counts: ReadonlyMap<number, number>;
  part: number;
}

/**
 * Puts each id into a part: groups first, then the images that stand alone, which fill what is missing exactly where
 * groups have not overfilled a part. Last, a stratum that is missing from a part gets its smallest unit that can be
 * spared elsewhere.
 *
 * @param ids sorted, so that nothing depends on the order of the data set
 */
export function place(ids: readonly string[], { stratum, need, groups, seed }: PlaceOptions): string[][] {
  const left = need.map((row) => [...row]);
  const units = unitsOf(ids, groups, stratum);
  const draws = random(seed, "split", "groups");
  const together = shuffled(
    units.filter((unit) => unit.ids.length > 1),
    draws,
  );
  // Array.prototype.sort is stable: equals stay in seeded order.
  for (const unit of together.sort((a, b) => b.ids.length - a.ids.length)) {
    unit.part = choosePart(unit, left, draws);
    for (const [k, count] of unit.counts) left[k]![unit.part]! -= count;
  }

  const alone = units.filter((unit) => unit.ids.length === 1);
  for (const [k, row] of left.entries()) {
    const own = shuffled(
      alone.filter((unit) => unit.counts.has(k)),
      random(seed, "split", k),
    );
    let next = 0;
    for (const [part, count] of fill(row, own.length).entries()) {
      for (const unit of own.slice(next, next + count)) unit.part = part;
      next += count;
    }
  }

  const parts = need[0]!.length;
  spread(units, need.length, parts);
  return Array.from({ length: parts }, (_, part) =>
    units.filter((unit) => unit.part === part).flatMap((unit) => unit.ids),
  );
}

/** Groups, in the order of their first id; an id without a group stands alone. */
function unitsOf(ids: readonly string[], groups: PlaceOptions["groups"], stratum: PlaceOptions["stratum"]): Unit[] {
  const byGroup = new Map<string | number, string[]>();
  const members: string[][] = [];
  for (const id of ids) {
    const group = groups?.get(id);
    const known = group === undefined ? undefined : byGroup.get(group);
    if (known !== undefined) {
      known.push(id);
      continue;
    }
    const own = [id];
    if (group !== undefined) byGroup.set(group, own);
    members.push(own);
  }
  return members.map((own) => {
    const counts = new Map<number, number>();
    for (const id of own) counts.set(stratum(id), (counts.get(stratum(id)) ?? 0) + 1);
    return { ids: own, counts, part: 0 };
  });
}

/**
 * A part where the whole group still fits, drawn with the odds of what is missing there, so that groups do not all land
 * in the largest part; where it fits nowhere, the part that it overfills least.
 */
function choosePart(unit: Unit, left: readonly number[][], draws: Random): number {
  const parts = left[0]!.length;
  const odds: number[] = [];
  const overfill: number[] = [];
  for (let part = 0; part < parts; part++) {
    let wanted = 0;
    let over = 0;
    for (const [k, count] of unit.counts) {
      const room = Math.max(0, left[k]![part]!);
      wanted += count * room;
      over += Math.max(0, count - room);
    }
    overfill.push(over);
    odds.push(over === 0 ? wanted : 0);
  }
  const total = odds.reduce((sum, value) => sum + value, 0);
  // Drawn even where it is not used, so that one group's place does not shift the draws of the next.
  let draw = draws.next() * total;
  if (total === 0) return overfill.indexOf(Math.min(...overfill));
  for (let part = 0; part < parts; part++) {
    draw -= odds[part]!;
    if (draw < 0) return part;
  }
  return odds.indexOf(Math.max(...odds));
}

/** What each part still wants, brought down to what there is: where groups overfilled one part, the others get less. */
function fill(wanted: readonly number[], available: number): number[] {
  const counts = wanted.map((count) => Math.max(0, count));
  let surplus = counts.reduce((sum, count) => sum + count, 0) - available;
  for (; surplus > 0; surplus--) counts[counts.indexOf(Math.max(...counts))]!--;
  return counts;
}

/** Moves units so that every stratum is in every part, as far as that robs no stratum of its last unit in a part. */
function spread(units: readonly Unit[], strata: number, parts: number): void {
  const totals = Array.from({ length: strata }, () => new Array<number>(parts).fill(0));
  for (const unit of units) for (const [k, count] of unit.counts) totals[k]![unit.part]! += count;
  for (const [k, row] of totals.entries()) {
    for (let part = 0; part < parts; part++) {
      if (row[part] !== 0) continue;
      const spare = units
        .filter((unit) => unit.counts.has(k))
        .filter((unit) => [...unit.counts].every(([other, count]) => totals[other]![unit.part]! > count))
        .sort((a, b) => a.ids.length - b.ids.length)[0];
      if (spare === undefined) continue;
      for (const [other, count] of spare.counts) {
        totals[other]![spare.part]! -= count;
        totals[other]![part]! += count;
      }
      spare.part = part;
    }
  }
}
