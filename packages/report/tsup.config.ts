import { library } from "../../tsup.base.ts";

export default library(["src/index.ts", "src/node.ts", "src/tensorboard.ts"]);
