import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isDataError } from "@cassava/data";
import { backboneSpec, backbones } from "@cassava/models";
import { CliError } from "../errors.ts";
import { checkPaths } from "../run/check-paths.ts";
import { RECIPES } from "../run/recipes.ts";
import { isWeightsPath } from "../run/settings.ts";
import type { Output } from "../terminal/output.ts";
import type { Asker } from "./ask.ts";
import type { InitAnswers } from "./config-text.ts";
import { describePhotographs, guessPhotographs, lookAtPhotographs, type Photographs } from "./look-at-photographs.ts";

/** Answers that the command line gave: they are not asked for. */
export type GivenAnswers = Partial<InitAnswers>;

/** The network that is proposed: small, with weights that can be had. */
const BACKBONE = "mobilenetV2";
const FILE = "a file";

/** The folder that is proposed for the run: one that `cassava train` takes, so there is neither a run nor an unfinished one. */
function proposedOut(cwd: string): string {
  const taken = (name: string) => existsSync(resolve(cwd, name)) || existsSync(resolve(cwd, `${name}.unfinished`));
  let out = "runs/first";
  for (let n = 2; taken(out); n++) out = `runs/first-${n}`;
  return out;
}

/** What is to be written, and what lies in the folder of photographs. */
export interface Collected {
  readonly answers: InitAnswers;
  readonly photographs: Photographs;
}

/** Takes what was given, and the defaults for the rest. */
export async function assumeAnswers(given: GivenAnswers, cwd: string, output: Output): Promise<Collected> {
  const dataset = given.dataset ?? (await guessPhotographs(cwd));
  if (dataset === undefined) {
    const message =
      "no folder here looks like photographs (train.csv, TFRecord files, or one folder of images for each class): name it with --dataset";
    throw new CliError("OPTION_INVALID", message);
  }
  const photographs = await lookAtPhotographs(resolve(cwd, dataset));
  output.info(describePhotographs(photographs));
  const backbone = given.backbone ?? BACKBONE;
  const weights = given.weights ?? (hasImagenet(backbone) ? "imagenet" : "none");
  const answers = { dataset, backbone, weights, recipe: given.recipe, out: given.out ?? proposedOut(cwd) };
  await refuseUnfit(answers, cwd);
  return { answers, photographs };
}

/** Asks for what was not given. */
export async function askAnswers(given: GivenAnswers, cwd: string, ask: Asker, output: Output): Promise<Collected> {
  const { dataset, photographs } = await askPhotographs(given.dataset, cwd, ask, output);
  const names = Object.values(backbones).map(({ name }) => name);
  const backbone =
    given.backbone ??
    (await ask.choose(
      "Which network?",
      names.map((name) => ({
        value: name,
        label: name,
        hint: hasImagenet(name) ? "ImageNet weights" : "from scratch",
      })),
      BACKBONE,
    ));
  const weights = given.weights ?? (await askWeights(backbone, ask));
  const recipe = given.recipe ?? (weights === "none" ? undefined : await askRecipe(ask));
  const out = given.out ?? (await ask.text("Where should the run go?", proposedOut(cwd)));
  const answers = { dataset, backbone, weights, recipe, out };
  await refuseUnfit(answers, cwd);
  return { answers, photographs };
}

async function askPhotographs(given: string | undefined, cwd: string, ask: Asker, output: Output) {
  let proposed = await guessPhotographs(cwd);
  for (let asked = given; ; asked = undefined) {
    const dataset = asked ?? (await ask.text("Where are the photographs?", proposed));
    try {
      const photographs = await lookAtPhotographs(resolve(cwd, dataset));
      output.info(describePhotographs(photographs));
      return { dataset, photographs };
    } catch (error) {
      if (!isDataError(error)) throw error;
      output.warn(error.message);
      proposed = dataset;
    }
  }
}

async function askWeights(backbone: string, ask: Asker): Promise<string> {
  const published = hasImagenet(backbone)
    ? [{ value: "imagenet", label: "imagenet", hint: "the official ones, downloaded once" }]
    : [];
  const choices = [
    ...published,
    { value: FILE, label: "a file or an address", hint: "Keras .h5 without top, or tfjs's model.json" },
    { value: "none", label: "none", hint: "from scratch: needs far more images and epochs" },
  ];
  const chosen = await ask.choose("Where do its weights come from?", choices, choices[0]!.value);
  return chosen === FILE ? await ask.text("Which file or address?", undefined) : chosen;
}

async function askRecipe(ask: Asker): Promise<string | undefined> {
  const recipes = Object.entries(RECIPES).map(([name, { about }]) => ({ value: name, label: name, hint: about }));
  const plain = { value: "", label: "none", hint: "the defaults: a quick first run" };
  return (await ask.choose<string>("Which recipe?", [plain, ...recipes], "")) || undefined;
}

function hasImagenet(backbone: string): boolean {
  return backboneSpec(backbone).imagenet !== undefined;
}

/** What `cassava train` would refuse is refused before it is written. */
async function refuseUnfit({ weights, recipe, backbone }: InitAnswers, cwd: string): Promise<void> {
  await checkPaths({ weights: isWeightsPath(weights) ? resolve(cwd, weights) : weights, split: null });
  if (recipe === "best" && weights === "none") {
    throw new CliError("OPTION_INVALID", "--recipe best trains the network after its head: it needs --weights");
  }
  if (weights === "imagenet" && !hasImagenet(backbone)) {
    throw new CliError(
      "OPTION_INVALID",
      `there are no ImageNet weights of ${backbone}: take --weights none, or a file`,
    );
  }
}
