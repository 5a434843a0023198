import { createServer } from "node:http";

/**
 * Serves on a free port of loopback while `work` runs; what is still open then is closed.
 * @param {import("node:http").RequestListener} answer
 * @param {(address: string) => Promise<void>} work gets the address of the root, with a slash at its end
 */
export const withServer = async (answer, work) => {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    await work(`http://127.0.0.1:${port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};
