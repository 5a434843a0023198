import { fileURLToPath } from "node:url";

/** Path of turbo's launcher, to be run by Node. */
export const turbo = fileURLToPath(import.meta.resolve("turbo/bin/turbo"));

/** What every run of turbo gets: the cache of this machine only, nothing sent anywhere. */
export const turboEnvironment = {
  TURBO_CACHE: "local:rw",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  TURBO_TELEMETRY_DISABLED: "1",
};
