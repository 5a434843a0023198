// `pnpm release:origin`: writes `repository`, `homepage` and `bugs` into every public package.json, from the workflow of GitHub that it
// runs in. The repository's address is not known here; npm refuses to publish with provenance without it.
import { repositoryAddress, writeOrigin } from "./lib/manifests.mjs";
import { publicPackages } from "./lib/pack.mjs";

try {
  const address = repositoryAddress(process.env);
  const folders = await publicPackages();
  for (const folder of folders) await writeOrigin(folder, address);
  console.log(`${folders.length} packages come from ${address}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
