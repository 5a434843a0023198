import { expect, it } from "vitest";
import * as root from "../src/index.ts";

it("exports exactly this", () => {
  expect(Object.keys(root).sort()).toEqual(["createProgram", "defineConfig", "main"]);
});
