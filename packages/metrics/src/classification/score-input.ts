import { checkNotEmpty } from "../validate.ts";
import {
  type ConfusionMatrix,
  type ConfusionOptions,
  type ConfusionSums,
  confusionMatrix,
  confusionSums,
} from "./confusion.ts";

/**
 * What every score of a confusion matrix takes: the matrix and options, or, for convenience, true and predicted labels with
 * the options of `confusionMatrix` beside the score's own.
 */
export type ScoreArguments<Options> =
  | [matrix: ConfusionMatrix, options?: Options]
  | [yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options: ConfusionOptions & Options];

/** The matrix, its sums and the options of either form. Throws EMPTY where no sample has weight. */
export const scoreInput = <Options extends object>(
  args: ScoreArguments<Options>,
): { matrix: ConfusionMatrix; sums: ConfusionSums; options: Partial<Options> } => {
  const matrix = isFromLabels(args) ? confusionMatrix(args[0], args[1], args[2]) : args[0];
  const options = isFromLabels(args) ? args[2] : args[1];
  const sums = confusionSums(matrix);
  checkNotEmpty(sums.total);
  return { matrix, sums, options: options ?? {} };
};

const isFromLabels = <Options>(
  args: ScoreArguments<Options>,
): args is [yTrue: ArrayLike<number>, yPred: ArrayLike<number>, options: ConfusionOptions & Options] =>
  "length" in args[0];
