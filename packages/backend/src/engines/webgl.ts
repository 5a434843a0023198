import * as tf from "@tensorflow/tfjs";
import { BackendError } from "../errors.ts";
import { registerTrainingKernels } from "../kernels/register.ts";
import type { Engine } from "./engine.ts";
import { isSoftware } from "./software.ts";

/** The engine is part of the umbrella package. */
const PACKAGE = "@tensorflow/tfjs";

/** The part of WebGL that this package uses itself. */
interface Gl {
  getExtension(name: string): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter(name: number): unknown;
  readonly RENDERER: number;
}

/** What renders, by its own name; undefined where there is no WebGL 2. */
function renderer(): string | undefined {
  if (typeof OffscreenCanvas === "undefined") return undefined;
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2") as Gl | null;
  if (gl === null) return undefined;
  const unmasked = gl.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL;
  return String(gl.getParameter(unmasked ?? gl.RENDERER));
}

/** WebGL 2 in browsers; in software only where it is asked for by name. */
export const webglEngine: Engine = {
  name: "webgl",
  package: PACKAGE,
  async open(_options, asked) {
    const details = { engine: PACKAGE };
    const name = renderer();
    if (name === undefined) throw new BackendError("ENGINE_MISSING", "webgl: there is no WebGL 2 here", details);
    if (isSoftware(name) && !asked) {
      const message = `webgl: ${name} computes in software: taken only by name, as webgl`;
      throw new BackendError("GPU_MISSING", message, details);
    }
    if (!(await tf.setBackend("webgl"))) {
      throw new BackendError("ENGINE_BROKEN", `webgl: it does not start on ${name}`, details);
    }
    if (tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED") === false) {
      throw new BackendError("ENGINE_BROKEN", `webgl: ${name} has no float32 textures: too coarse to train`, details);
    }
    await registerTrainingKernels();
    if (!isSoftware(name)) return { device: `GPU, WebGL on ${name}` };
    return {
      device: `CPU, WebGL in software on ${name}`,
      warning: `${name} is no GPU: it computes in software, slower than WebAssembly`,
    };
  },
};
