// `pnpm release:dry`: the release, rehearsed. A clone of HEAD is versioned, built and published to a throw-away registry on loopback with
// the commands of the release workflow; a stranger installs from there with npm, trains, and upgrades to a second version.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { interrupts } from "./lib/interrupts.mjs";
import { manifestFaults } from "./lib/manifests.mjs";
import { publicPackages, readPack } from "./lib/pack.mjs";
import { checkContents } from "./lib/pack-contents.mjs";
import { root } from "./lib/paths.mjs";
import { exampleFaults, firstExample, layOutExamples, withoutTypes } from "./lib/readme-examples.mjs";
import { run } from "./lib/run.mjs";
import { checkCommand, checkDemo, checkLock, checkRecords, checkReproduced, makeStranger } from "./lib/stranger.mjs";
import { tally } from "./lib/tally.mjs";
import { turboEnvironment } from "./lib/turbo.mjs";
import { startRegistry } from "./lib/verdaccio.mjs";

/** What nothing was released as, and what its first release is. */
const [UNRELEASED, FIRST_RELEASE] = ["0.0.0", "0.1.0"];

/** @typedef {import("./lib/verdaccio.mjs").Registry} Registry */

const began = performance.now();
const signal = interrupts();
const { check, close } = tally();
const work = await mkdtemp(join(tmpdir(), "cassava-release-"));
const clone = join(work, "repository");
const folders = (await publicPackages()).map((folder) => basename(folder));
const names = folders.map((folder) => `@cassava/${folder}`);

/**
 * A check that what comes next needs: where it fails, the rehearsal stops.
 * @template T
 * @param {string} label @param {() => Promise<T>} fn
 * @returns {Promise<T>}
 */
const must = async (label, fn) => {
  /** @type {T[]} */
  const results = [];
  const passed = await check(label, async () => {
    results.push(await fn());
  });
  if (!passed) throw new Error(`stopped: what comes next needs "${label}"`);
  return /** @type {T} */ (results[0]);
};

/** A workflow's own variables would make a release of a rehearsal. */
const outside = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(GITHUB|ACTIONS|RUNNER|NPM_TOKEN|NODE_AUTH_TOKEN)/.test(name))
    .map((name) => [name, undefined]),
);
const person = { NAME: "release:dry", EMAIL: "release-dry@localhost" };
const environment = {
  ...outside,
  ...turboEnvironment,
  CI: "true",
  NODE_PATH: "",
  CASSAVA_CACHE: join(work, "cache"),
  GITHUB_SERVER_URL: "https://example.org",
  GITHUB_REPOSITORY: "somebody/cassava",
  ...Object.fromEntries(
    Object.entries(person).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  ),
};

/** Runs pnpm in the clone. @param {readonly string[]} args @param {NodeJS.ProcessEnv} [env] @param {string} [cwd] */
const pnpm = (args, env = {}, cwd = clone) =>
  run("pnpm", args, { cwd, env: { ...environment, ...env }, tail: 40, signal });

/** @param {Registry} registry @returns {NodeJS.ProcessEnv} */
const to = ({ url, config }) => ({
  npm_config_registry: url,
  npm_config_userconfig: config,
  npm_config_cache: join(work, "npm"),
  // It is signed by the workflow's own identity, which nobody has here.
  PNPM_CONFIG_PROVENANCE: "false",
});

/** @param {string} folder @returns {Promise<string>} the version in the clone */
const versionOf = async (folder) =>
  JSON.parse(await readFile(join(clone, "packages", folder, "package.json"), "utf8")).version;

/**
 * Turns the changesets of the clone into versions and changelogs.
 * @returns {Promise<string>} the version that every public package has then
 */
const version = async () => {
  const before = await versionOf("tfrecord");
  await pnpm(["release:version"]);
  const after = await versionOf("tfrecord");
  if (before === UNRELEASED && after !== FIRST_RELEASE) throw new Error(`the first release is ${after}`);
  for (const folder of folders) {
    const own = await versionOf(folder);
    if (own !== after) throw new Error(`@cassava/${folder} is ${own}, not ${after}`);
    const changes = await readFile(join(clone, "packages", folder, "CHANGELOG.md"), "utf8");
    if (!changes.includes(`\n## ${after}\n`)) throw new Error(`packages/${folder}/CHANGELOG.md has no "## ${after}"`);
  }
  const left = (await readdir(join(clone, ".changeset"))).filter(
    (name) => name.endsWith(".md") && name !== "README.md",
  );
  if (left.length > 0) throw new Error(`changesets are left: ${left.join(", ")}`);
  return after;
};

/** Holds what the registry gives out to what a stranger needs. @param {Registry} registry @param {string} version */
const checkPublished = async ({ url }, version) => {
  for (const name of names) {
    await check(`${name}@${version}: the published tarball, its manifest and its changelog`, async () => {
      const response = await fetch(`${url}${name.replace("/", "%2f")}`, { signal });
      const { "dist-tags": tags, versions } = /** @type {any} */ (await response.json());
      if (tags?.latest !== version) throw new Error(`latest is ${tags?.latest}, not ${version}`);
      const tarball = join(work, `${name.replace(/\W+/g, "-")}-${version}.tgz`);
      const bytes = await (await fetch(versions[version].dist.tarball, { signal })).arrayBuffer();
      await writeFile(tarball, new Uint8Array(bytes));
      const pack = await readPack(tarball);
      const faults = manifestFaults(pack.manifest, version);
      if (!pack.files.includes("CHANGELOG.md")) faults.push("CHANGELOG.md is missing");
      await checkContents(pack).catch((error) => faults.push(error.message));
      if (faults.length > 0) throw new Error(faults.join("\n"));
    });
  }
  await check(`nothing else was published at ${version}`, async () => {
    const { status } = await fetch(`${url}@cassava%2fcontracts`, { signal });
    if (status !== 404) throw new Error(`the private @cassava/contracts answers with ${status}`);
    const tags = (await run("git", ["tag", "--list", `*@${version}`], { cwd: clone })).stdout.trim().split("\n");
    if (tags.join() !== names.map((name) => `${name}@${version}`).join()) throw new Error(`git tags are ${tags}`);
  });
};

/**
 * With the release workflow's setting pnpm asks for the identity that signs, and publishes nothing without. (What the manifests and npm's
 * own setting say of provenance, pnpm 12 passes over.)
 * @param {NodeJS.ProcessEnv} publishing
 */
const checkProvenance = async (publishing) => {
  const workflow = { ...publishing, GITHUB_ACTIONS: "true", PNPM_CONFIG_PROVENANCE: "true" };
  // In its folder, as changesets does: with a filter pnpm passes over what is published already.
  const metrics = join(clone, "packages/metrics");
  const said = await pnpm(["publish", "--no-git-checks"], workflow, metrics).then(
    () => "it was published all the same",
    (error) => String(error.output),
  );
  if (!/idToken/.test(said)) throw new Error(said);
};

/** @param {import("./lib/stranger.mjs").Stranger} stranger */
const checkReadmes = async (stranger) => {
  await layOutExamples(stranger.folder);
  await stranger.npm(["install", "--save-dev", "@types/node@20"]);
  /** @type {Map<string, string>} */
  const examples = new Map();
  for (const folder of folders) {
    const readme = await readFile(join(stranger.folder, "node_modules/@cassava", folder, "README.md"), "utf8");
    const example = firstExample(readme);
    if (example !== undefined) examples.set(folder, example);
  }
  const faults = await exampleFaults(stranger.folder, examples);
  for (const [folder, example] of examples)
    await check(`@cassava/${folder}: the first example of its README type-checks and runs`, async () => {
      if (faults.has(folder)) throw new Error(faults.get(folder));
      await stranger.node(await withoutTypes(example));
    });
};

/** @type {Registry | undefined} */
let registry;
try {
  registry = await must("a registry of this machine alone starts", async () => {
    await mkdir(join(work, "registry"));
    return startRegistry(join(work, "registry"), signal);
  });
  const there = registry;
  const publishing = to(there);

  await must("HEAD is cloned and installed", async () => {
    await run("git", ["clone", "--quiet", root, clone], { tail: 10, signal });
    await pnpm(["install", "--frozen-lockfile", "--prefer-offline"]);
  });
  const first = await must("the changesets make one version of every package, and changelogs", version);
  await check("the lockfile still fits", () => pnpm(["install", "--frozen-lockfile", "--offline"]));
  await must(`${first} is built and published`, () => pnpm(["release:publish"], publishing));
  await check("with provenance, nothing is published without an identity", () => checkProvenance(publishing));
  await checkPublished(there, first);

  const stranger = await makeStranger(join(work, "stranger"), { ...environment, ...publishing }, signal);
  await must("npm installs the record reader and the command into an empty project", () =>
    stranger.npm(["install", "@cassava/tfrecord", "@cassava/cli"]),
  );
  await check(`every package of ours is ${first}, and tfjs-core is there once`, () =>
    checkLock(stranger, first, names),
  );
  await check("records are written and read", () => checkRecords(stranger));
  await check("cassava --version, cassava doctor", () => checkCommand(stranger, first));
  const trained = await check("cassava demo trains on synthetic leaves", () => checkDemo(stranger));
  if (trained) await checkReadmes(stranger);

  const second = await must("a changeset of one package makes the next version of all", async () => {
    const summary = "A second release, to see whether an upgrade holds together.";
    await writeFile(join(clone, ".changeset/dry-run.md"), `---\n"@cassava/tfrecord": patch\n---\n\n${summary}\n`);
    const next = await version();
    if (next !== first.replace(/\d+$/, (patch) => String(Number(patch) + 1)))
      throw new Error(`a patch makes ${next} of ${first}`);
    const changes = await readFile(join(clone, "packages/tfrecord/CHANGELOG.md"), "utf8");
    if (!changes.includes(summary)) throw new Error("packages/tfrecord/CHANGELOG.md does not say what changed");
    return next;
  });
  await must(`${second} is published`, async () => {
    // The command alone holds its version in its code: the others stand as they were built.
    await pnpm(["--filter", "@cassava/cli", "run", "build"]);
    await pnpm(["exec", "changeset", "publish"], publishing);
  });
  await checkPublished(there, second);
  await must("npm update", () => stranger.npm(["update"]));
  await check(`every package of ours is ${second}, and tfjs-core is there once`, () =>
    checkLock(stranger, second, names),
  );
  await check("npm install …@latest changes nothing more", async () => {
    await stranger.npm(["install", "@cassava/tfrecord@latest", "@cassava/cli@latest"]);
    await checkLock(stranger, second, names);
  });
  await check("records of the version before are read", () => checkRecords(stranger));
  await check("cassava --version, cassava doctor, after the upgrade", () => checkCommand(stranger, second));
  if (trained)
    await check("a run of the version before is evaluated to the same figures", () => checkReproduced(stranger));
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
  // A step that others need has been counted where it failed.
  if (!(error instanceof Error && /^stopped: /.test(error.message)))
    await check("the rehearsal comes to its end", () => Promise.reject(error));
} finally {
  await registry?.stop();
  await rm(work, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${((performance.now() - began) / 60_000).toFixed(1)} min`);
process.exit(close());
