import { afterAll, beforeAll, expect, it } from "vitest";
import { cassava, everythingIn, scratchFolder } from "./support.ts";

let folder: Awaited<ReturnType<typeof scratchFolder>>;
beforeAll(async () => {
  folder = await scratchFolder();
});
afterAll(() => folder.remove());

it("says in one line that the named Python does not start, and leaves nothing behind", async () => {
  // --python alone means --link-tensorflow: whoever names a Python wants it linked.
  const { code, stdout, stderr } = await cassava(folder.path, "doctor", "--python", "/no/such/python", "--quiet");
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toBe("error: /no/such/python does not start; name one that has TensorFlow with --python PATH\n");
  expect(await everythingIn(folder.path)).toEqual([]);
});
