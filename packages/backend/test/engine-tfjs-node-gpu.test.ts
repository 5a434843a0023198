import { tensorflowContract } from "./engine-tensorflow.ts";

tensorflowContract("@tensorflow/tfjs-node-gpu");
