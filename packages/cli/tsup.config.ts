import { library } from "../../tsup.base.ts";

export default library(["src/index.ts", "src/bin.ts", "src/frozen-worker.ts"], { platform: "node" });
