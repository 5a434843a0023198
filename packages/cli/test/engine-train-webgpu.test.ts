import { trainingContract } from "./engine-train.ts";

await trainingContract("webgpu");
