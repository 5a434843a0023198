import { afterAll, beforeAll, describe, it } from "vitest";
import { contract } from "../test-browser/contract.ts";
import { type ContractServer, startContractServer } from "../test-browser/server.ts";

// The same cases run in a page: `pnpm test:browser`.
describe("the contract of every platform, in Node", () => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await startContractServer({ fixtures: new URL("../../../fixtures/tfrecord", import.meta.url) });
  });
  afterAll(() => server.close());

  it.each(contract.map(({ name, run }) => [name, run] as const))("%s", async (_, run) => {
    await run({ origin: server.origin });
  });
});
