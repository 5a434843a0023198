import type { Rule } from "../rule.ts";
import { classMissing } from "./class-missing.ts";

/** Every rule, in the order of the catalogue. */
export const RULES: readonly Rule[] = [classMissing];
