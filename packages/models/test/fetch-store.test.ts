import { expect, it } from "vitest";
import { fetchStore } from "../src/browser/fetch-store.ts";
import { isModelsError } from "../src/index.ts";

const asked: string[] = [];
const answer = (response: () => Response) => ({
  fetch: async (url: string) => {
    asked.push(url);
    return response();
  },
});

it("reads the files of a folder, with or without a slash at its end", async () => {
  for (const base of ["https://a.example/model", "https://a.example/model/", new URL("https://a.example/model/")]) {
    const store = fetchStore(
      base,
      answer(() => new Response(Uint8Array.of(1, 2))),
    );
    expect(await store.get("model.json")).toEqual(Uint8Array.of(1, 2));
    expect(asked.pop()).toBe("https://a.example/model/model.json");
  }
  await fetchStore(
    "models/7",
    answer(() => new Response()),
  ).get("a b/c");
  expect(asked.pop()).toBe("models/7/a%20b/c");
});

it("has no file where the server has none, and says so where it fails", async () => {
  const get = (response: () => Response) => fetchStore("https://a.example", answer(response)).get("model.json");
  expect(await get(() => new Response(null, { status: 404 }))).toBe(undefined);
  const failing = [
    [() => new Response(null, { status: 500 }), /^https:\/\/a\.example\/model\.json: the server answers 500/],
    [
      () => Promise.reject(new TypeError("no network")) as never,
      /^https:\/\/a\.example\/model\.json: could not be fetched/,
    ],
  ] as const;
  for (const [response, says] of failing) {
    const getting = get(response);
    await expect(getting).rejects.toSatisfy((error) => isModelsError(error, "STORE_FAILED"));
    await expect(getting).rejects.toThrow(says);
  }
});

it("cannot be written or listed", async () => {
  const store = fetchStore("https://a.example");
  const list = async () => {
    for await (const key of store.keys()) throw new Error(key);
  };
  for (const doing of [store.put("a", new Uint8Array()), store.delete("a"), list()]) {
    await expect(doing).rejects.toSatisfy((error) => isModelsError(error, "STORE_FAILED"));
  }
});
