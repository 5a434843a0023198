import { defineConfig } from "vite";

export default defineConfig({
  // Relative addresses: the built page works in any folder of any server.
  base: "./",
  build: {
    target: "es2022",
    // The largest is the reader of Keras's .h5 files, which this page never loads.
    chunkSizeWarningLimit: 5000,
  },
  worker: { format: "es" },
  // Its WebAssembly lies beside its JavaScript, which must therefore stay where it is.
  optimizeDeps: { exclude: ["@jsquash/jpeg"] },
});
