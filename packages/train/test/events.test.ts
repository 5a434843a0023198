import { expect, it } from "vitest";
import { eventQueue } from "../src/events.ts";

const all = async (events: AsyncIterable<number>) => {
  const seen: number[] = [];
  for await (const event of events) seen.push(event);
  return seen;
};

it("keeps every event for a consumer, also for one that begins late", async () => {
  const { push, end, events } = eventQueue<number>();
  for (let i = 0; i < 1000; i++) push(i);
  const seen = all(events);
  // It has begun: from now on nothing is forgotten, however slow it is.
  await Promise.resolve();
  for (let i = 1000; i < 50_000; i++) push(i);
  end();
  expect(await seen).toEqual(Array.from({ length: 50_000 }, (_, i) => i));
});

it("forgets old events that nobody has begun to read, and never the last ones", async () => {
  const { push, end, events } = eventQueue<number>();
  for (let i = 0; i < 100_000; i++) push(i);
  end();
  const seen = await all(events);
  expect(seen.length).toBeLessThanOrEqual(20_000);
  expect(seen.slice(-10_000)).toEqual(Array.from({ length: 10_000 }, (_, i) => 90_000 + i));
});
