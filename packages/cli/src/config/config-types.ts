// Written by test/config-types.test.ts from the options of the commands; after a change of one: npx vitest run packages/cli/test/config-types.test.ts -u
import type { FitConfig, TrainingConfig } from "./training-config.ts";

/** Look into TFRecord files: records, features with kinds and sizes, class counts, corrupt records. */
export interface InspectConfig {
  /** TFRecord files, globs, or folders of them. */
  readonly path?: string | readonly string[];
}

/** verify, repair, index, count and print TFRecord files. */
export interface TfrecordConfig {
  readonly verify?: {
    /** TFRecord files, globs, or folders of them. */
    readonly path?: string | readonly string[];
  };
  readonly repair?: {
    /** A TFRecord file. */
    readonly file?: string;
    /** The repaired file; must not exist. */
    readonly out?: string;
  };
  readonly index?: {
    /** Uncompressed TFRecord files, globs, or folders of them. */
    readonly path?: string | readonly string[];
    /** json: FILE.index.json, notices a changed file; text: FILE.idx, as tfrecord2idx writes it. */
    readonly format?: "json" | "text";
  };
  readonly count?: {
    /** TFRecord files, globs, or folders of them. */
    readonly path?: string | readonly string[];
  };
  readonly cat?: {
    /** A TFRecord file. */
    readonly file?: string;
    /** Print so many records at most. */
    readonly limit?: number;
    /** Leave out so many records first. */
    readonly offset?: number;
    /** Print the schema that all records fit, as TypeScript, instead of the records. */
    readonly schema?: boolean;
  };
}

/** Count images and classes; find duplicates, look-alikes, outliers, unreadable files, rows without image and images without row. */
export interface AuditConfig {
  /** A folder with train.csv and train_images/, a folder of TFRecord shards (or several shards, or globs), or a folder per class. */
  readonly dataset?: string | readonly string[];
}

/** Draw a contact sheet (PNG): originals at the left, beside them the views that training would see. */
export interface AugmentPreviewConfig {
  /** A folder with train.csv and train_images/, a folder of TFRecord shards (or several shards, or globs), or a folder per class. */
  readonly dataset?: string | readonly string[];
  /** The PNG; an existing one is replaced. */
  readonly out?: string;
  /** Random changes in this order, such as flip,rotation=0.1,zoom=0.2,shift=0.1: flip[=horizontal|vertical], rotation=<turns or 20deg>, zoom, shift, shear, crop=<share of each side>, brightness, contrast, saturation=<lower>:<upper> (0.5 changes nothing), hue, erasing=<probability>, fill=reflect|nearest|wrap|constant; a number f means -f to f, lower:upper sets both bounds; none for nothing. */
  readonly augment?: string;
  /** photographs, drawn by the seed. */
  readonly images?: number;
  /** Views of each. */
  readonly views?: number;
  /** Side of an image: the input size of the training. */
  readonly size?: number;
  /** Of the draws; training with this seed sees these views. */
  readonly seed?: number;
}

/** Write the images as sharded TFRecords (image, image_name, target), named like ld_train00-1338.tfrec. */
export interface ConvertConfig {
  /** A folder with train.csv and train_images/, a folder of TFRecord shards (or several shards, or globs), or a folder per class. */
  readonly dataset?: string | readonly string[];
  /** Folder for the shards. */
  readonly out?: string;
  /** Number of files. */
  readonly shards?: number;
  /** Resize to a square and encode again; without it the bytes are copied unchanged. */
  readonly size?: number;
  /** JPEG quality of --size. */
  readonly quality?: number;
}

/** Divide the labelled images into train, validation and test; the split is keyed by image name. */
export interface SplitConfig {
  /** A folder with train.csv and train_images/, a folder of TFRecord shards (or several shards, or globs), or a folder per class. */
  readonly dataset?: string | readonly string[];
  /** train/validation/test, or train/validation: 60/20/20, 85/15, 70/30, …. */
  readonly ratios?: string;
  /** Do not keep the shares of the classes in every part. */
  readonly stratify?: boolean;
  /** k-fold cross-validation in place of ratios: one split file for each fold. */
  readonly folds?: number;
  /** Whole TFRecord files to parts, and say how skewed that is. */
  readonly byShard?: boolean;
  /** Keep images together: duplicates have equal bytes, look-alikes also nearly equal pixels. */
  readonly groupBy?: "duplicates" | "look-alikes";
  /** Keep images of one group (plant, farm, …) together, by a column of a CSV. */
  readonly groups?: string;
  /** The column of the groups, beside image_id. */
  readonly groupColumn?: string;
  /** The same seed gives the same split, from shards and CSV alike. */
  readonly seed?: number;
  /** Where the split goes, as JSON; with --folds a folder for fold-0.json and so on. */
  readonly out?: string;
  /** Replace what is there. */
  readonly force?: boolean;
}

/** Train a head on a frozen backbone (or more of it), evaluate it on held-out images and save the run. */
export interface TrainConfig extends TrainingConfig {
  /** Folder for the run; it must not exist yet. */
  readonly out?: string;
  /** Go on with a run of the same settings that was cut short. */
  readonly resume?: boolean;
  /** Replay a split of cassava split. */
  readonly split?: string;
  /** train/validation/test, stratified. */
  readonly ratios?: string;
  /** Write TensorBoard event files, epoch by epoch, into this folder (default: <out>.tensorboard, beside the run). */
  readonly tensorboard?: string | boolean;
  /** Exit with 2 where a finding is at least that grave. */
  readonly failOn?: "never" | "warning" | "error";
}

/** Train once for every fold and judge every labelled image by a model that has not seen it. */
export interface CrossValidateConfig extends TrainingConfig {
  /** Folder for the result; it must not exist yet. */
  readonly out?: string;
  /** stratified, duplicates together; of each, one fold judges and the next one stops the training. */
  readonly folds?: number;
}

/** Train several backbones on one split with the same settings, and rank them with one report. */
export interface SurveyConfig extends FitConfig {
  /** Folder for the survey, with a run for each model; it must not exist yet. */
  readonly out?: string;
  /** The networks, as resnet50,mobilenetV2. */
  readonly backbones?: string | readonly string[];
  /** Of all, or backbone=source of one, several times. imagenet: the official ones, downloaded once into the cache; or a path or an address of a Keras .h5 file without top (may be gzipped) or of tfjs's model.json; none: from scratch; random: frozen as the seed makes them. */
  readonly weights?: string;
  /** Each backbone by each of them. settings with a name; other options win over it. article: a frozen backbone under three dense layers, as the students trained it; best: the head first, then the whole network, with what paid in the field. */
  readonly recipes?: string;
  /** Go on with a survey that was cut short: finished models stay as they are. */
  readonly resume?: boolean;
  /** Replay a split of cassava split. */
  readonly split?: string;
  /** train/validation/test, stratified. */
  readonly ratios?: string;
}

/** Measure a saved run again: on a part of its own split, or on the labelled images of another data set. */
export interface EvaluateConfig {
  /** A folder that cassava train wrote. */
  readonly run?: string;
  /** Another data set: a folder with train.csv and train_images/, a folder of TFRecord shards (or several shards, or globs), or a folder per class; default: the one of the run. */
  readonly dataset?: string | readonly string[];
  /** Part of the run's split (default: test, or validation without one). */
  readonly part?: "train" | "validation" | "test";
  /** What computes. */
  readonly engine?: "auto" | "tensorflow" | "webgpu" | "wasm" | "cpu";
  /** What runs the frozen part: onnx (ONNX Runtime, of the package onnxruntime-node), tfjs (the compute engine); auto: that of the run, if possible. */
  readonly frozenEngine?: "auto" | "onnx" | "tfjs";
}

/** Say what is wrong with a training run, on what evidence, and what to try first. */
export interface DiagnoseConfig {
  /** A folder that cassava train wrote, or a log: CSV, JSON lines, Keras's history as JSON, or TensorBoard's event files or a folder of them. */
  readonly run?: string;
  /** Of a log: images of each class in the data set, as 1087,2189,2386. */
  readonly classes?: readonly number[];
  /** Of a log: images of each class in the validation part. */
  readonly validationClasses?: readonly number[];
  /** Names of the classes, as CBB,CBSD,CGM. */
  readonly names?: string | readonly string[];
  /** Of a run: test the likeliest causes by experiments on its model and its images. */
  readonly probe?: boolean;
  /** List what could not be evaluated, and what it lacks. */
  readonly all?: boolean;
  /** Exit with 2 where a finding is at least that grave. */
  readonly failOn?: "never" | "warning" | "error";
}

/** Say whether run B is better than run A on the same images, beyond noise. */
export interface CompareConfig {
  /** A folder that cassava train wrote. */
  readonly A?: string;
  /** another. */
  readonly B?: string;
  /** Part that they are judged by; auto: test, or validation without one. */
  readonly part?: "auto" | "test" | "validation";
}

/** Write what a run has to show: one HTML file that needs no network, and a model card. */
export interface ReportConfig {
  /** A folder that cassava train wrote. */
  readonly run?: string;
  /** Where the photographs are now, if they moved: a folder with train.csv and train_images/, a folder of TFRecord shards (or several shards, or globs), or a folder per class. */
  readonly dataset?: string | readonly string[];
  /** The HTML file; an existing one is replaced (default: report.html in the run). */
  readonly out?: string;
  /** The model card, Markdown; an existing one is replaced (default: MODEL_CARD.md in the run). */
  readonly card?: string;
  /** License of the model for its card, as the Hugging Face Hub names it. */
  readonly license?: string;
  /** Look at every image of the data set, for duplicates, look-alikes and outliers. */
  readonly audit?: boolean;
  /** Leave photographs out. */
  readonly images?: boolean;
}

/** Classify photographs with a saved run. */
export interface PredictConfig {
  /** A folder that cassava train wrote. */
  readonly run?: string;
  /** JPEG, PNG or WebP files, or folders of them. */
  readonly image?: string | readonly string[];
  /** What computes. */
  readonly engine?: "auto" | "tensorflow" | "webgpu" | "wasm" | "cpu";
  /** What runs the frozen part: onnx (ONNX Runtime, of the package onnxruntime-node), tfjs (the compute engine); auto: that of the run, if possible. */
  readonly frozenEngine?: "auto" | "onnx" | "tfjs";
}

/** Write the model of a saved run, preprocessing and softmax included, for programs without cassava. */
export interface ExportConfig {
  /** A folder that cassava train wrote. */
  readonly run?: string;
  /** onnx: one file for ONNX Runtime; layers: a folder for tf.loadLayersModel. */
  readonly format?: "onnx" | "layers";
  /** The file (onnx) or folder (layers); it must not exist yet. */
  readonly out?: string;
  /** Store the kernels as float16: half the size, nearly the same probabilities. */
  readonly float16?: boolean;
}

/** Say which compute engines this machine has, which one is taken, and how to get a faster one. */
export interface DoctorConfig {
  /** First compile the addon of the installed tfjs-node against the TensorFlow (2.15 or newer) of a Python; needs a C++ compiler. */
  readonly linkTensorflow?: boolean;
  /** The Python to take it from; default: python3 or python. */
  readonly python?: string;
}

/** The whole way on synthetic leaves: shards, audit, split, a network trained from scratch, a verdict. */
export interface DemoConfig {
  /** Synthetic photographs. */
  readonly images?: number;
  /** Of training. */
  readonly epochs?: number;
  /** Of images, split and training. */
  readonly seed?: number;
  /** What computes. */
  readonly engine?: "auto" | "tensorflow" | "webgpu" | "wasm" | "cpu";
  /** Folder for the run; an earlier run there is replaced. */
  readonly out?: string;
}

/** cassava.config.ts: a section for each command. */
export interface CassavaConfig {
  /** Look into TFRecord files: records, features with kinds and sizes, class counts, corrupt records. */
  readonly inspect?: InspectConfig;
  /** verify, repair, index, count and print TFRecord files. */
  readonly tfrecord?: TfrecordConfig;
  /** Count images and classes; find duplicates, look-alikes, outliers, unreadable files, rows without image and images without row. */
  readonly audit?: AuditConfig;
  /** Draw a contact sheet (PNG): originals at the left, beside them the views that training would see. */
  readonly augmentPreview?: AugmentPreviewConfig;
  /** Write the images as sharded TFRecords (image, image_name, target), named like ld_train00-1338.tfrec. */
  readonly convert?: ConvertConfig;
  /** Divide the labelled images into train, validation and test; the split is keyed by image name. */
  readonly split?: SplitConfig;
  /** Train a head on a frozen backbone (or more of it), evaluate it on held-out images and save the run. */
  readonly train?: TrainConfig;
  /** Train once for every fold and judge every labelled image by a model that has not seen it. */
  readonly crossValidate?: CrossValidateConfig;
  /** Train several backbones on one split with the same settings, and rank them with one report. */
  readonly survey?: SurveyConfig;
  /** Measure a saved run again: on a part of its own split, or on the labelled images of another data set. */
  readonly evaluate?: EvaluateConfig;
  /** Say what is wrong with a training run, on what evidence, and what to try first. */
  readonly diagnose?: DiagnoseConfig;
  /** Say whether run B is better than run A on the same images, beyond noise. */
  readonly compare?: CompareConfig;
  /** Write what a run has to show: one HTML file that needs no network, and a model card. */
  readonly report?: ReportConfig;
  /** Classify photographs with a saved run. */
  readonly predict?: PredictConfig;
  /** Write the model of a saved run, preprocessing and softmax included, for programs without cassava. */
  readonly export?: ExportConfig;
  /** Say which compute engines this machine has, which one is taken, and how to get a faster one. */
  readonly doctor?: DoctorConfig;
  /** The whole way on synthetic leaves: shards, audit, split, a network trained from scratch, a verdict. */
  readonly demo?: DemoConfig;
}
