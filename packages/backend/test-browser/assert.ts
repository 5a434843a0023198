/** As much of Node's `assert/strict` as the contract of frozen engines uses, for pages. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (ArrayBuffer.isView(one) ? Array.from(one as Float32Array, String) : one));

function fail(message: string): never {
  throw new Error(message);
}

export default {
  ok: (value: unknown, message = "not true") => value || fail(message),
  equal: (a: unknown, b: unknown) => Object.is(a, b) || fail(`${a} is not ${b}`),
  deepEqual: (a: unknown, b: unknown, message = "") =>
    text(a) === text(b) || fail(`${message}: ${text(a)} is not ${text(b)}`),
  doesNotMatch: (value: string, pattern: RegExp) => !pattern.test(value) || fail(`${value} matches ${pattern}`),
  async rejects(work: () => Promise<unknown>, check: (error: unknown) => boolean) {
    const error = await work().then(
      () => fail("it does not reject"),
      (caught: unknown) => caught,
    );
    check(error);
  },
};
