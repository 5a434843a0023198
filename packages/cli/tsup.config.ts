import { library } from "../../tsup.base.ts";

export default library([], {
  platform: "node",
  entry: {
    index: "src/index.ts",
    bin: "src/bin.ts",
    // The file of a thread lies beside the modules that start it, wherever tsup puts those.
    "frozen-worker": "src/run/frozen-worker.ts",
  },
});
