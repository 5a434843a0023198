import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DataError, reasonOf } from "../errors.ts";
import type { RgbImage } from "../image/image.ts";
import { plainBytes } from "./plain-bytes.ts";

/** libjpeg-turbo, loaded into this process. */
export interface TurboLibrary {
  /** The file or name that it was loaded from. */
  readonly path: string;
  /**
   * Decodes a JPEG of the given size to RGB, in libuv's pool or, where `sync`, on this thread. Undefined where libjpeg
   * warned: pixels may be lost. Throws the library's message where it cannot decode at all.
   */
  decode(bytes: Uint8Array, size: { width: number; height: number }, sync: boolean): Promise<RgbImage | undefined>;
}

// turbojpeg.h: TJPF_RGB, TJFLAG_ACCURATEDCT (the default of today's versions), TJERR_WARNING.
const [RGB, ACCURATE_DCT, WARNING] = [0, 4096, 0];

type Native = Awaited<ReturnType<typeof open>>;
const opened = new Map<string | undefined, Promise<TurboLibrary>>();

/**
 * Loads libjpeg-turbo once: from `library`, else from the npm package `@julusian/jpeg-turbo` (its Linux builds carry the
 * library as a file), else from where the system has it. The C interface is called through the optional peer `koffi`:
 * that npm package's own `decompress` always asks for the fast, inexact DCT, which differs from every other decoder here
 * by 1 of 255 on average. Throws a DataError (DECODER_MISSING) that says what to install.
 */
export function loadTurbo(library?: string): Promise<TurboLibrary> {
  let loading = opened.get(library);
  if (loading === undefined) {
    loading = findLibrary(library).then(callable);
    loading.catch(() => opened.delete(library));
    opened.set(library, loading);
  }
  return loading;
}

async function findLibrary(library: string | undefined): Promise<Native> {
  const reasons: string[] = [];
  for (const path of library === undefined ? [...packaged(), ...installed()] : [library]) {
    try {
      return await open(path);
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  const message = `libjpeg-turbo is not there (${reasons.at(-1)}): run \`npm install koffi @julusian/jpeg-turbo\`, or name the library`;
  throw new DataError("DECODER_MISSING", message, { cause: reasons });
}

/** The builds inside @julusian/jpeg-turbo, for glibc and for musl; none where the package is absent. */
function packaged(): string[] {
  let folder: string;
  try {
    folder = dirname(createRequire(import.meta.url).resolve("@julusian/jpeg-turbo/package.json"));
  } catch {
    return [];
  }
  const build = `jpeg-turbo-${process.platform}-${process.arch}`;
  return [build, `${build}-musl`].map((name) => join(folder, "prebuilds", name, "libturbojpeg.so.0"));
}

/** Where the system's package manager puts it. */
function installed(): readonly string[] {
  if (process.platform === "darwin") {
    const folders = ["/opt/homebrew/opt/jpeg-turbo/lib", "/usr/local/opt/jpeg-turbo/lib", "/opt/libjpeg-turbo/lib64"];
    return folders.map((folder) => `${folder}/libturbojpeg.dylib`);
  }
  if (process.platform === "win32") return ["C:\\libjpeg-turbo64\\bin\\turbojpeg.dll", "turbojpeg.dll"];
  return ["libturbojpeg.so.0", "/opt/libjpeg-turbo/lib64/libturbojpeg.so.0"];
}

/** Declares the functions of TurboJPEG 2, which version 3 still has (turbojpeg.h). */
async function open(path: string) {
  const { default: koffi } = await import("koffi");
  const loaded = koffi.load(path);
  return {
    path,
    create: loaded.func("void *tjInitDecompress()"),
    destroy: loaded.func("int tjDestroy(void *handle)"),
    message: loaded.func("const char *tjGetErrorStr2(void *handle)"),
    severity: loaded.func("int tjGetErrorCode(void *handle)"),
    decompress: loaded.func(
      "int tjDecompress2(void *handle, const uint8_t *jpeg, unsigned long size, uint8_t *pixels, int width, int pitch, int height, int format, int flags)",
    ),
  };
}

function callable({ path, create, destroy, message, severity, decompress }: Native): TurboLibrary {
  return {
    path,
    async decode(bytes, { width, height }, sync) {
      // Not zeroed (0.1 ms for 800 x 600): libjpeg-turbo writes every byte, or the image is not used.
      const pixels = plainBytes(Buffer.allocUnsafeSlow(width * height * 3));
      const handle: unknown = create();
      if (handle === null) throw new Error("libjpeg-turbo has no memory for a decoder");
      try {
        const call = [handle, bytes, bytes.length, pixels, width, 0, height, RGB, ACCURATE_DCT] as const;
        const failed: number = sync
          ? decompress(...call)
          : await new Promise((resolve, reject) => {
              decompress.async(...call, (error: unknown, result: number) => {
                if (error === null || error === undefined) resolve(result);
                else reject(error);
              });
            });
        if (failed === 0) return { width, height, pixels };
        if (severity(handle) === WARNING) return undefined;
        throw new Error(String(message(handle)));
      } finally {
        destroy(handle);
      }
    },
  };
}
