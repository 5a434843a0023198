// Written by test/config-types.test.ts from the options of the commands; after a change of one: npx vitest run packages/cli/test/config-types.test.ts -u

/** What every command that trains takes. */
export interface FitConfig {
  /** A folder with train.csv and train_images/, a folder of TFRecord shards (or several shards, or globs), or a folder per class. */
  readonly dataset?: string | readonly string[];
  /** Height and width of the images (default: the backbone's). */
  readonly inputSize?: number;
  /** Width of a backbone that has several: .25, .5, .75 or 1 of mobilenet, .25, .5 or 1 of resnet50. */
  readonly alpha?: number;
  /** How features become one vector. */
  readonly pooling?: "avg" | "max" | "none";
  /** own: what the weights ask for; unit: pixels divided by 255 before it, the mistake that freezes a run, to be seen with --force. */
  readonly preprocessing?: "own" | "unit";
  /** Train the backbone from this stage on; all: from its first (default: none with weights, all without). */
  readonly unfreeze?: string;
  /** Hidden layers, as 256,128,64; none: a linear head. */
  readonly head?: readonly number[] | "none";
  /** After each hidden layer. */
  readonly dropout?: number;
  /** Normalize each hidden layer before its activation. */
  readonly headBatchNorm?: boolean;
  /** Of the hidden layers. */
  readonly headActivation?: "relu" | "elu" | "tanh" | "swish" | "linear";
  /** Begin with the shares of the training classes as the answer. */
  readonly priorBias?: boolean;
  /** At most. */
  readonly epochs?: number;
  /** Images in a step. */
  readonly batchSize?: number;
  /** How weights move. */
  readonly optimizer?: "adam" | "adamW" | "rmsprop" | "sgd";
  /** The highest rate; for --unfreeze of pretrained stages take about 1e-5. */
  readonly learningRate?: number;
  /** How the rate changes. */
  readonly schedule?: "constant" | "step" | "exponential" | "polynomial" | "cosine" | "one-cycle";
  /** focal: what is already right counts less. */
  readonly loss?: "crossentropy" | "focal";
  /** A tenth of the rate after so many epochs without a better validation loss; 0: never. */
  readonly plateau?: number;
  /** Largest norm of all gradients together. */
  readonly clipNorm?: number;
  /** Average the gradients of so many steps before the weights change. */
  readonly accumulate?: number;
  /** Evaluate and keep an average of the weights, such as 0.99. */
  readonly ema?: number;
  /** Random changes in this order, such as flip,rotation=0.1,zoom=0.2,shift=0.1: flip[=horizontal|vertical], rotation=<turns or 20deg>, zoom, shift, shear, crop=<share of each side>, brightness, contrast, saturation=<lower>:<upper> (0.5 changes nothing), hue, erasing=<probability>, fill=reflect|nearest|wrap|constant; a number f means -f to f, lower:upper sets both bounds; none for nothing. */
  readonly augment?: string;
  /** With --augment: kinds of each image whose features are kept. */
  readonly views?: number;
  /** How features of the frozen part are kept; float16: half of the memory, rounded to 11 bits. */
  readonly featurePrecision?: "float32" | "float16";
  /** Mix training images and their labels, such as 0.2; 0: never. */
  readonly mixup?: number;
  /** Share of the target given to all classes. */
  readonly labelSmoothing?: number;
  /** balanced: rare classes count more in the loss. */
  readonly classWeights?: "none" | "balanced";
  /** Stop after so many epochs without a better validation loss; 0: never. */
  readonly patience?: number;
  /** After the head, train so many stages of the backbone too, from the top, one more at a time; all: all of them at once. */
  readonly fineTune?: number | "all";
  /** Of each of these stages, at most. */
  readonly fineTuneEpochs?: number;
  /** The highest rate of the first of them; the others fall to .3 of the one before. */
  readonly fineTuneRate?: number;
  /** Of these stages; same: that of the head. */
  readonly fineTuneOptimizer?: "same" | "adam" | "adamW" | "rmsprop" | "sgd";
  /** Judge by the mean of the plain image and so many of its --augment views. */
  readonly tta?: number;
  /** Train in spite of what is found wrong before the first step. */
  readonly force?: boolean;
  /** Of split, order, initial weights and dropout. */
  readonly seed?: number;
  /** What computes. */
  readonly engine?: "auto" | "tensorflow" | "webgpu" | "wasm" | "cpu";
  /** What runs the frozen part: onnx (ONNX Runtime, of the package onnxruntime-node), tfjs (the compute engine); auto: onnx where it is installed. */
  readonly frozenEngine?: "auto" | "onnx" | "tfjs";
}

/** What train and cross-validate take. */
export interface TrainingConfig extends FitConfig {
  /** Settings with a name; other options win over it. article: a frozen backbone under three dense layers, as the students trained it; best: the head first, then the whole network, with what paid in the field. */
  readonly recipe?: "article" | "best";
  /** The network. */
  readonly backbone?: "densenet169" | "mobilenet" | "mobilenetV2" | "resnet50" | "resnet14" | "vgg16" | "vgg19";
  /** imagenet: the official ones, downloaded once into the cache; or a path or an address of a Keras .h5 file without top (may be gzipped) or of tfjs's model.json; none: from scratch. */
  readonly weights?: string;
}
