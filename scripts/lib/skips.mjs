/** What a machine may lack without anybody being at fault; a skipped check names it. */
const EXCUSED = /tfjs-node|native addon|libtensorflow|CUDA|GPU|Chromium/i;

/**
 * Whether a check that was skipped counts as failed. `.ci/run` sets CASSAVA_NO_SKIPS=1 where `../shared` is there: then only
 * what the machine itself lacks excuses a skip.
 * @param {string} name name of the skipped check, with its reason
 * @returns {boolean}
 */
export const skipFails = (name) => process.env.CASSAVA_NO_SKIPS === "1" && !EXCUSED.test(name);
