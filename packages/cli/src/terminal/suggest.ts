/** The words of `known` nearest to a mistyped one; none where nothing is near. Upper and lower case count as equal. */
export function suggest(word: string, known: Iterable<string>): string[] {
  const asked = word.toLowerCase();
  // As many slips as people make: one in a short word, about one in three letters of a longer one.
  const most = Math.max(1, Math.floor(asked.length / 3));
  const near = [...known]
    .map((name) => ({ name, slips: slipsBetween(asked, name.toLowerCase()) }))
    .filter(({ name, slips }) => slips <= most && slips < name.length);
  const least = Math.min(...near.map(({ slips }) => slips));
  return near.flatMap(({ name, slips }) => (slips === least ? [name] : [])).slice(0, 3);
}

/** `; did you mean resnet50?`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = suggest(word, known);
  return near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
}

/** Letters left out, put in, changed, or swapped with their neighbour (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => {
    const row = new Array<number>(b.length + 1).fill(0);
    row[0] = i;
    return row;
  });
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}
