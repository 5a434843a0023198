import { checkAmounts, checkNotEmpty } from "../validate.ts";

/** Shannon entropy of a distribution of labels, in nats, in [0, ln classes]: the log loss of a model that knows only the shares. */
export const labelEntropy = (counts: ArrayLike<number>): number => {
  const total = checkAmounts("counts", counts);
  checkNotEmpty(total);
  let entropy = 0;
  for (let c = 0; c < counts.length; c++)
    if (counts[c]! > 0) entropy -= (counts[c]! / total) * Math.log(counts[c]! / total);
  return entropy;
};

/** Share of the most frequent label, in (0, 1]: the accuracy of a model that always answers it. */
export const majorityShare = (counts: ArrayLike<number>): number => {
  const total = checkAmounts("counts", counts);
  checkNotEmpty(total);
  let most = 0;
  for (let c = 0; c < counts.length; c++) most = Math.max(most, counts[c]!);
  return most / total;
};
