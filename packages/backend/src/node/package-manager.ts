import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Commands of a package manager, to which the name of a package is added. */
interface Commands {
  readonly install: (name: string) => string;
  /** Runs the install script of a package that is there. */
  readonly rebuild: (name: string) => string;
}

const NPM: Commands = { install: (name) => `npm install ${name}`, rebuild: (name) => `npm rebuild ${name}` };
// pnpm runs no install script that was not approved, and says nothing of one that was denied.
const PNPM: Commands = {
  install: (name) => `pnpm add ${name}`,
  rebuild: (name) => `pnpm approve-builds ${name} && pnpm rebuild ${name}`,
};
const YARN: Commands = { ...NPM, install: (name) => `yarn add ${name}` };

/** By their lockfiles. */
const MANAGERS: readonly (readonly [lockfile: string, commands: Commands])[] = [
  ["pnpm-lock.yaml", PNPM],
  ["package-lock.json", NPM],
  ["yarn.lock", YARN],
];

/** The commands of the package manager whose lockfile is the nearest above a file or URL; npm's where there is none. */
export function packageManagerOf(from: string | URL): Commands {
  const file = from instanceof URL || from.startsWith("file:") ? fileURLToPath(from) : from;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = MANAGERS.find(([lockfile]) => existsSync(join(folder, lockfile)));
    if (found !== undefined) return found[1];
    if (folder === dirname(folder)) return NPM;
  }
}
