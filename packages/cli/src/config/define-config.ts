import type { CassavaConfig } from "./config-types.ts";

/** The configuration as it is, typed: what `cassava.config.ts` exports as its default. */
export function defineConfig(config: CassavaConfig): CassavaConfig {
  return config;
}
