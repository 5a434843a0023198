import { expect, it } from "vitest";
import { createProgram } from "../src/index.ts";
import { configTypes } from "./config-types-text.ts";

it("the types of a configuration are those of the commands' options", async () => {
  const write = () => true;
  const { signal } = new AbortController();
  const program = createProgram({ stdout: { write }, stderr: { write }, env: {}, cwd: ".", signal });
  for (const [file, text] of Object.entries(configTypes(program))) {
    await expect(text).toMatchFileSnapshot(`../src/config/${file}`);
  }
});
