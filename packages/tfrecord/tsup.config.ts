import { library } from "../../tsup.base.ts";

export default library([
  "src/index.ts",
  "src/inspect.ts",
  "src/node.ts",
  "src/random-access.ts",
  "src/sequence.ts",
  "src/wasm.ts",
]);
