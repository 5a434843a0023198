import type { z } from "zod";
import { errorDocument } from "./common.ts";
import { audit, augmentPreview, convert, split } from "./dataset.ts";
import { diagnose } from "./diagnosis.ts";
import { inspect, tfrecordCat, tfrecordCount, tfrecordIndex, tfrecordRepair, tfrecordVerify } from "./tfrecord.ts";
import { doctor, init, printConfig, schemaList } from "./tools.ts";
import { compare, crossValidate, demo, evaluate, exportModel, predict, report, survey, train } from "./training.ts";

/** The form of every document that `--json` writes: by the command, and by what any command may write in place of it. */
export const DOCUMENTS = {
  init,
  inspect,
  "tfrecord verify": tfrecordVerify,
  "tfrecord repair": tfrecordRepair,
  "tfrecord index": tfrecordIndex,
  "tfrecord count": tfrecordCount,
  "tfrecord cat": tfrecordCat,
  audit,
  "augment-preview": augmentPreview,
  convert,
  split,
  train,
  "cross-validate": crossValidate,
  survey,
  evaluate,
  diagnose,
  compare,
  report,
  predict,
  export: exportModel,
  doctor,
  demo,
  schema: schemaList,
  error: errorDocument,
  "print-config": printConfig,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** What `--json` writes, by command; `error` and `print-config` are what any command may write in place of it. */
export type CassavaDocuments = { readonly [Name in keyof typeof DOCUMENTS]: z.infer<(typeof DOCUMENTS)[Name]> };
