import type Sharp from "sharp";
import { DataError } from "../errors.ts";

let loading: Promise<typeof Sharp> | undefined;

/** The optional peer `sharp`, loaded once. Throws a DataError (DECODER_MISSING) that says how to install it. */
export function loadSharp(): Promise<typeof Sharp> {
  loading ??= import("sharp").then(
    (module) => module.default,
    (cause: unknown) => {
      loading = undefined;
      const message = "images are decoded and encoded by sharp, which is not there: run `npm install sharp`";
      throw new DataError("DECODER_MISSING", message, { cause });
    },
  );
  return loading;
}
