/** Whether a device of WebGPU or WebGL, by its name, is a processor that plays a GPU. */
export function isSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i.test(name);
}
