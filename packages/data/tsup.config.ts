import { library } from "../../tsup.base.ts";

export default library([], {
  entry: {
    index: "src/index.ts",
    browser: "src/browser.ts",
    node: "src/node.ts",
    tfjs: "src/tfjs.ts",
    // The file of a thread lies beside the modules that start it, wherever tsup puts those.
    worker: "src/node/worker.ts",
  },
});
