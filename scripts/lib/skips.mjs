/** What another lane shows (`pnpm engines`), or a machine may lack without anybody being at fault; a skipped check names it. */
const EXCUSED = /`pnpm engines`|CUDA|GPU|Chromium/i;

/**
 * Whether a check that was skipped counts as failed. `.ci/run` sets CASSAVA_NO_SKIPS=1 where `../shared` is there: then only
 * another lane or what the machine itself lacks excuses a skip; `pnpm engines` sets it to "all", and nothing does.
 * @param {string} name name of the skipped check, with its reason
 * @returns {boolean}
 */
export const skipFails = (name) => {
  const rule = process.env.CASSAVA_NO_SKIPS;
  return rule === "all" || (rule === "1" && !EXCUSED.test(name));
};
