import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./paths.mjs";
import { pythonEnvironment } from "./python.mjs";

/**
 * The part of @cassava/backend that is used here: the root does not depend on the packages.
 * @typedef {{ tensorflow: { version: string }, compiler: string }} Link
 * @typedef {{ linkTensorflow(options: { python: string, onProgress: (line: string) => void }): Promise<{ link: Link }> }} Backend
 */

/**
 * Links tfjs-node to the TensorFlow of the oracles' Python, or checks the link that is there, so that
 * `useBackend("tensorflow")` works in this process and in its children: the link is in `.cache/` of the root, which
 * CASSAVA_CACHE names from then on unless it names another folder already. Needs @cassava/backend built (`build`), and a
 * C++ compiler.
 * @returns {Promise<Link>} what it was linked to
 */
export const linkedTensorflow = async () => {
  process.env.CASSAVA_CACHE ||= join(root, ".cache/cassava");
  const python = await pythonEnvironment();
  /** @type {Backend} */
  const { linkTensorflow } = await import(pathToFileURL(join(root, "packages/backend/dist/node.js")).href);
  const { link } = await linkTensorflow({ python, onProgress: (line) => process.stderr.write(`${line}\n`) });
  return link;
};
