import fc from "fast-check";

// `CASSAVA_FUZZ_RUNS=2000 pnpm test` (a lane of .ci/full): so many cases for each property that does not set its own number.
fc.configureGlobal({ numRuns: Number(process.env.CASSAVA_FUZZ_RUNS) });
