import { accessCases } from "./contract-access.ts";
import { codecCases } from "./contract-codec.ts";
import { streamCases } from "./contract-stream.ts";

/** Where the suite finds its files: the address of a server of `startContractServer`. */
export interface ContractHost {
  readonly origin: string;
}

/** One case; it throws where the contract is broken. */
export interface ContractCase {
  readonly name: string;
  run(host: ContractHost): Promise<void>;
}

/** What every platform must do alike: the same cases run in Node (test/contract.test.ts) and in a page (scripts/browser.mjs). */
export const contract: readonly ContractCase[] = [...streamCases, ...accessCases, ...codecCases];
