import { chromium } from "playwright-core";
const [file, prefix] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const scheme of ["light", "dark"]) {
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1180, height: 900 } });
  const problems = [];
  page.on("console", (m) => problems.push(m.text())); page.on("pageerror", (e) => problems.push(String(e)));
  page.on("request", (r) => { if (!r.url().startsWith("file:") && !r.url().startsWith("data:")) problems.push(r.url()); });
  await page.goto(`file://${file}`);
  const h = await page.evaluate(() => document.body.scrollHeight);
  for (let y = 0, i = 0; y < h && i < 8; y += 1500, i++) { await page.screenshot({ path: `${prefix}-${scheme}-${i}.png`, clip: { x: 0, y, width: 1180, height: Math.min(1500, h - y) }, fullPage: true }); if (scheme === "dark" && i > 0) break; }
  console.log(scheme, h, problems);
}
await browser.close();
