/** Milliseconds between two ticks of the page's own clock. */
const TICK = 10;
/** Fewest ticks while a file is read; a page that is blocked has one or two, however long that takes. */
const FEWEST = 8;

/**
 * A clock in the page: ticks of a timer and frames, with the longest silence between two of either.
 * @param {import("playwright-core").Page} page
 */
const startClock = (page) =>
  page.evaluate((tick) => {
    const clock = { ticks: 0, longestTick: 0, frames: 0, longestFrame: 0, began: performance.now() };
    let [lastTick, lastFrame] = [clock.began, clock.began];
    const timer = setInterval(() => {
      const now = performance.now();
      clock.ticks += 1;
      clock.longestTick = Math.max(clock.longestTick, now - lastTick);
      lastTick = now;
    }, tick);
    let running = true;
    const frame = () => {
      const now = performance.now();
      clock.frames += 1;
      clock.longestFrame = Math.max(clock.longestFrame, now - lastFrame);
      lastFrame = now;
      if (running) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(globalThis, {
      stopClock: () => {
        running = false;
        clearInterval(timer);
        return { ...clock, seconds: (performance.now() - clock.began) / 1000 };
      },
    });
  }, TICK);

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<{ ticks: number, longestTick: number, frames: number, longestFrame: number, seconds: number }>}
 */
const stopClock = (page) => page.evaluate("stopClock()");

/**
 * Records of a large file: read in a thread, with progress, a page at a time.
 * @param {import("playwright-core").Page} page
 * @param {{ path: string, records: number }} file
 * @param {import("../lib/tally.mjs").Tally["check"]} check
 */
export const checkRecords = async (page, file, check) => {
  const screen = page.locator("#records");
  await page.getByRole("link", { name: "Records" }).click();
  let seconds = 0;

  await check("a TFRecord file of 100 MB is read while the page goes on answering", async () => {
    await page.evaluate(() => {
      const seen = new Set();
      const bar = document.querySelector("#records progress");
      new MutationObserver(() => seen.add(/** @type {HTMLProgressElement} */ (bar).value)).observe(
        /** @type {Element} */ (document.querySelector("#records p")),
        { subtree: true, childList: true, characterData: true, attributes: true },
      );
      Object.assign(globalThis, { progressSeen: seen });
    });
    await startClock(page);
    await screen.getByLabel("Choose a TFRecord file").setInputFiles(file.path);
    await page.getByText(`${file.records.toLocaleString("en")} records`).waitFor();
    const clock = await stopClock(page);
    seconds = clock.seconds;
    const steps = /** @type {number} */ (await page.evaluate("progressSeen.size"));
    console.log(
      `    ${clock.seconds.toFixed(2)} s: ${clock.ticks} ticks, the longest silence ${Math.round(clock.longestTick)} ms; ` +
        `${clock.frames} frames, the longest ${Math.round(clock.longestFrame)} ms; ${steps} values of progress`,
    );
    if (clock.ticks < FEWEST) throw new Error(`only ${clock.ticks} ticks`);
    if (steps < 10) throw new Error(`progress showed ${steps} values`);
  });

  await check("the same clock notices a page that is blocked for as long", async () => {
    await startClock(page);
    await page.evaluate((duration) => {
      const end = performance.now() + duration;
      while (performance.now() < end);
    }, seconds * 1000);
    const { ticks } = await stopClock(page);
    if (ticks >= FEWEST) throw new Error(`${ticks} ticks`);
  });

  await check("features, label counts and the schema of the file are shown", async () => {
    const rows = await screen.locator("tbody tr").allTextContents();
    const wanted = ["image_name", "target", "image"];
    if (!wanted.every((name) => rows.some((row) => row.includes(name)))) throw new Error(rows.join("\n"));
    const schema = await screen.locator("pre").textContent();
    return (schema ?? "").includes("target: int()");
  });

  await check("records are decoded a page at a time, with thumbnails", async () => {
    const names = () => screen.locator(".record h3").allTextContents();
    const first = await names();
    if (first[0] !== "leaf-00000.jpg" || first.length !== 24) throw new Error(`page 1: ${first}`);
    await screen.getByRole("button", { name: "Next" }).click();
    await page.getByText("Page 2 of").waitFor();
    const second = await names();
    if (second[0] !== "leaf-00024.jpg") throw new Error(`page 2: ${second}`);
    const pages = Math.ceil(file.records / 24);
    await screen.getByRole("spinbutton").fill(String(pages));
    await screen.getByRole("spinbutton").press("Enter");
    await page.getByText(`Page ${pages} of ${pages}.`).waitFor();
    const last = (await names()).at(-1);
    if (last !== `leaf-${String(file.records - 1).padStart(5, "0")}.jpg`) throw new Error(`page ${pages}: ${last}`);
    const image = screen.locator(".record img").first();
    await image.scrollIntoViewIfNeeded();
    return page.waitForFunction(
      () => /** @type {HTMLImageElement} */ (document.querySelector("#records .record img")).naturalWidth === 512,
    );
  });

  await check("of a file that holds no records it says so, in a unit that fits", async () => {
    const text = { name: "notes.tfrec", mimeType: "text/plain", buffer: Buffer.from("no record\n".repeat(300)) };
    await screen.getByLabel("Choose a TFRecord file").setInputFiles(text);
    await page.getByText("0 records, 3.0 kB. 1 damaged range was passed over.").waitFor();
  });
};
