import { ModelsError } from "../errors.ts";
import type { BackboneSpec } from "./backbone.ts";
import { densenet169 } from "./densenet.ts";
import { mobilenet } from "./mobilenet.ts";
import { mobilenetV2 } from "./mobilenet-v2.ts";
import { resnet14 } from "./resnet14.ts";
import { resnet50 } from "./resnet50.ts";
import { vgg16, vgg19 } from "./vgg.ts";

/** Every architecture of this package, by its name. */
export const backbones: Readonly<Record<string, BackboneSpec>> = {
  densenet169,
  mobilenet,
  mobilenetV2,
  resnet50,
  resnet14,
  vgg16,
  vgg19,
};

/**
 * The architecture of this name; upper and lower case are the same.
 *
 * @throws {ModelsError} `BACKBONE_UNKNOWN`: lists those there are.
 */
export function backboneSpec(name: string): BackboneSpec {
  const spec = Object.values(backbones).find((known) => known.name.toLowerCase() === name.toLowerCase());
  if (spec !== undefined) return spec;
  const known = Object.keys(backbones).join(", ");
  throw new ModelsError("BACKBONE_UNKNOWN", `there is no backbone "${name}"; choose one of ${known}`);
}
