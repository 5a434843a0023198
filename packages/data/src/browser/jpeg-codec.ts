import { DataError, reasonOf } from "../errors.ts";
import { isJpegDamage } from "../image/full-decode.ts";
import type { RgbImage } from "../image/image.ts";

/** Where the WebAssembly of `@jsquash/jpeg` comes from: an address, or a module that is compiled already. */
export type JpegWasm = string | URL | WebAssembly.Module;

/** MozJPEG in WebAssembly: libjpeg's accurate DCT and triangle upsampling, as in sharp. */
export interface JpegCodec {
  /** The pixels as stored. Throws where libjpeg cannot decode, or warns of lost pixels. */
  decode(bytes: Uint8Array): Promise<RgbImage>;
}

/** What an instance of the codec offers, and what libjpeg has said since it was last emptied. */
interface Instance {
  decode(bytes: BufferSource, applyOrientation: boolean): ImageData | null;
  readonly messages: string[];
}

/** The codec, loaded at the first image. `decode` throws a DataError (DECODER_MISSING) where it cannot be loaded. */
export function jpegCodec(wasm: JpegWasm | undefined): JpegCodec {
  let loading: Promise<Instance> | undefined;
  return {
    async decode(bytes) {
      loading ??= instantiate(wasm);
      let instance: Instance;
      try {
        instance = await loading;
      } catch (cause) {
        loading = undefined;
        const message = `the WebAssembly of @jsquash/jpeg cannot be loaded (${reasonOf(cause)}): run \`npm install @jsquash/jpeg\`, or give the address of its mozjpeg_dec.wasm`;
        throw new DataError("DECODER_MISSING", message, { cause });
      }
      instance.messages.length = 0;
      let decoded: ImageData | null;
      try {
        decoded = instance.decode(bytes as Uint8Array<ArrayBuffer>, false);
      } catch {
        // libjpeg's fatal error ends the program: this instance is of no use any more.
        loading = undefined;
        throw new Error(instance.messages.at(-1) ?? "libjpeg gave up");
      }
      const damage = instance.messages.find(isJpegDamage);
      if (decoded === null || damage !== undefined) throw new Error(damage ?? "libjpeg gave up");
      return withoutAlpha(decoded);
    },
  };
}

async function instantiate(wasm: JpegWasm | undefined): Promise<Instance> {
  const { default: factory } = await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js");
  const messages: string[] = [];
  const codec = await factory({
    noInitialRun: true,
    // Emscripten calls this with every line of libjpeg's on stderr; the published types leave it out.
    ...{ printErr: (line: string) => void messages.push(line) },
    ...(wasm instanceof WebAssembly.Module && {
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Module) => void) {
        const instance = new WebAssembly.Instance(wasm, imports);
        done(instance as unknown as WebAssembly.Module);
        return instance.exports;
      },
    }),
    ...(wasm !== undefined && !(wasm instanceof WebAssembly.Module) && { locateFile: () => String(wasm) }),
  });
  return { decode: (bytes, applyOrientation) => codec.decode(bytes, applyOrientation), messages };
}

/** RGBA to RGB. */
export function withoutAlpha({ width, height, data }: Pick<ImageData, "width" | "height" | "data">): RgbImage {
  const pixels = new Uint8Array(width * height * 3);
  let at = 0;
  for (let put = 0; put < pixels.length; put += 3) {
    pixels[put] = data[at]!;
    pixels[put + 1] = data[at + 1]!;
    pixels[put + 2] = data[at + 2]!;
    at += 4;
  }
  return { width, height, pixels };
}
