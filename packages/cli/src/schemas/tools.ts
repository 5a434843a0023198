import { z } from "zod";
import { count, version } from "./common.ts";

const timing = z.strictObject({ what: z.string(), msPerImage: z.number().nonnegative(), runs: count });
const engine = z.strictObject({
  name: z.string(),
  package: z.string(),
  state: z.enum(["ready", "missing", "no-gpu", "broken"]),
  detail: z.string(),
  install: z.string().optional(),
  timing: timing.optional(),
});

/** `cassava doctor --json` */
export const doctor = z.strictObject({
  version,
  versions: z.record(z.string(), z.string()),
  cache: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.strictObject({ model: z.string(), cores: count, features: z.array(z.string()) }),
  memory: z.strictObject({ totalBytes: count, freeBytes: count }),
  gpus: z.array(z.strictObject({ name: z.string(), driver: z.string().optional(), memoryBytes: count.optional() })),
  engines: z.array(engine),
  adapters: z.array(z.strictObject({ name: z.string(), software: z.boolean() })),
  frozen: z.array(engine),
  link: z
    .strictObject({
      state: z.enum(["ready", "stale"]),
      tensorflow: z.string(),
      folder: z.string(),
      addon: z.string(),
      cuda: z.string().optional(),
      linkedAt: z.string(),
      reason: z.string().optional(),
    })
    .optional(),
  active: z.strictObject({
    name: z.string(),
    device: z.string(),
    tried: z.array(z.strictObject({ name: z.string(), package: z.string(), code: z.string(), reason: z.string() })),
    warning: z.string().optional(),
  }),
  timing,
});

/** `cassava init --json` */
export const init = z.strictObject({
  version,
  file: z.string(),
  train: z.strictObject({
    dataset: z.string(),
    backbone: z.string(),
    weights: z.string(),
    recipe: z.string().optional(),
    out: z.string(),
  }),
  photographs: z.strictObject({
    images: count,
    unlabelled: count,
    classes: z.array(z.strictObject({ name: z.string(), count })),
    problems: z.array(z.strictObject({ kind: z.string(), count })),
  }),
  next: z.string(),
});

/** `cassava COMMAND --print-config --json` */
export const printConfig = z.strictObject({
  version,
  command: z.string(),
  config: z.string().nullable(),
  settings: z.array(
    z.strictObject({
      key: z.string(),
      label: z.string(),
      value: z.unknown(),
      source: z.enum(["flag", "environment", "config", "recipe", "default", "none"]),
      from: z.string().nullable(),
    }),
  ),
});

/** `cassava schema --json`: the documents that have a schema. */
export const schemaList = z.strictObject({ version, documents: z.array(z.string()) });
