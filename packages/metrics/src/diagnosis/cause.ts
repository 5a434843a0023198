/**
 * What can be wrong with a run, in the order in which people should look where nothing speaks for one of them. The names
 * are stable: they are keys of configuration and of the fault-injection benchmark.
 */
export const CAUSES = {
  preprocessing: {
    title: "the pixels are not what the backbone was trained on",
    remedy: "pass RGB pixels from 0 to 255 and let the model preprocess them; train again",
  },
  "blank-input": {
    title: "the images carry no information: blank, or decoded wrongly",
    remedy: "look at a batch of images as the model sees them, and at what decodes them",
  },
  "channel-order": {
    title: "red and blue are swapped, or the layout is not rows x columns x channels",
    remedy: "pass RGB in the order height, width, channel",
  },
  "input-size": {
    title: "the images are brought to another size than the backbone was trained on, or enlarged",
    remedy: "use the backbone's own input size, and photographs at least as large",
  },
  "labels-misaligned": {
    title: "labels belong to other images",
    remedy: "check how labels are joined to images; compare a dozen by eye",
  },
  "label-noise": {
    title: "many labels are wrong",
    remedy: "review the listed images; smooth the labels",
  },
  "not-shuffled": {
    title: "training images come in an order that follows their class",
    remedy: "shuffle all images anew in every epoch, by index rather than by a small buffer",
  },
  "same-order": {
    title: "every epoch has the same order",
    remedy: "derive the order from the seed and the epoch",
  },
  "learning-rate-too-high": {
    title: "the learning rate is too high",
    remedy:
      "divide the learning rate by ten, or look for one (cassava diagnose RUN --probe, or findLearningRate of @cassava/train)",
  },
  "learning-rate-too-low": {
    title: "the learning rate is too low for the number of steps",
    remedy:
      "multiply the learning rate by ten, or look for one (cassava diagnose RUN --probe, or findLearningRate of @cassava/train)",
  },
  "too-little-training": {
    title: "the run is too short to tell",
    remedy: "train for more epochs",
  },
  "nothing-trains": {
    title: "no weight changes",
    remedy: "unfreeze the head, and check that its weights are given to the optimizer",
  },
  "weights-unloaded": {
    title: "pretrained weights were not loaded, and what is frozen is random",
    remedy: "load the weights, or train the whole network",
  },
  "batch-normalization-mode": {
    title: "batch normalization uses the statistics of the batch while it is frozen",
    remedy: "run frozen batch normalization in inference mode",
  },
  "double-softmax": {
    title: "the loss is given probabilities where it takes logits, or softmax is applied twice",
    remedy: "give the loss the logits of a last layer without an activation",
  },
  "head-size": {
    title: "the last layer does not have one unit per class",
    remedy: "make the last layer as wide as there are classes",
  },
  "no-non-linearity": {
    title: "dense layers follow one another without an activation",
    remedy: "use relu between dense layers, or one layer",
  },
  "strong-dropout": {
    title: "dropout is too strong for the number of steps",
    remedy: "lower dropout to 0.2-0.3, or train for longer",
  },
  "dead-head": {
    title: "the head gives every image the same answer: its units are dead or saturated",
    remedy: "lower the learning rate, and start again from new weights",
  },
  imbalance: {
    title: "one class outweighs the others",
    remedy: "use class weights or a balanced sampler, and judge by balanced accuracy or macro-F1",
  },
  "class-missing": {
    title: "a class is missing from a part of the split",
    remedy: "split again, stratified by class",
  },
  "split-drift": {
    title: "the parts of the split differ in their classes",
    remedy: "split again, stratified by class",
  },
  "shard-skew": {
    title: "the shards differ in their classes",
    remedy: "split by image instead of by shard, or write the shards anew, shuffled",
  },
  "duplicate-leak": {
    title: "images of the validation or test part are also in the training part",
    remedy: "split again, grouped by duplicates",
  },
  overfitting: {
    title: "the model remembers the training images",
    remedy: "stop earlier, add augmentation, dropout or weight decay, or more images",
  },
  "weak-features": {
    title: "the features of the backbone do not separate these classes",
    remedy: "fine-tune its last stages where they are frozen, train longer or on more images, or take another backbone",
  },
  "small-validation": {
    title: "the validation part is too small to tell",
    remedy: "use more validation images, or cross-validation",
  },
  "slow-input": {
    title: "training waits for its images",
    remedy: "decode with more workers, read ahead, or cache decoded images",
  },
  miscalibration: {
    title: "the probabilities are not to be taken at face value",
    remedy: "fit a temperature on the validation part",
  },
  "numeric-overflow": {
    title: "numbers overflow",
    remedy: "lower the learning rate, clip the gradients, and look for values in the data that are not finite",
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly remedy: string }>>;

/** Name of something that can be wrong with a run. */
export type CauseId = keyof typeof CAUSES;

/** How much a finding, or the absence of one, speaks for or against a cause. */
export interface CauseVote {
  readonly cause: CauseId;
  /** In (0, 1]: near 1, hardly anything else explains it. */
  readonly weight: number;
}
