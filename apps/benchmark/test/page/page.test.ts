import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseResult } from "../../src/parse-result.js";
import { showable } from "../../src/report/emulated.js";
import type { RunResult } from "../../src/result.js";
import { PageBrowser, whyNoChromium, writePage } from "./browser.js";
import { attack, crowd, oddEngine, oddResult } from "./odd-result.js";

/** A short run on Docker and bubblewrap, as `run --json` wrote it. */
const real = parseResult(readFileSync(new URL("./short-run.json", import.meta.url), "utf8"));
const odd = showable(oddResult(), { includeEmulated: true });
const pages = [
  { name: "a real run", result: real, file: "real.html" },
  { name: "a run with odd names", result: odd, file: "odd.html" },
];

let browser: PageBrowser;

beforeAll(async () => {
  if (whyNoChromium !== undefined) return;
  browser = await PageBrowser.start();
  await writePage(real, pathOf("real.html"));
  await writePage(oddResult(), pathOf("odd.html"), ["--include-emulated"]);
});
afterAll(() => browser?.[Symbol.asyncDispose]());
beforeEach(({ skip }) => skip(whyNoChromium !== undefined, whyNoChromium));

for (const { name, result, file } of pages) {
  describe(name, () => {
    test("opens from disk without a request, an error or a warning, and shows every scenario and sample", async () => {
      const { page, complaints } = await browser.open(pathOf(file), { offline: true });
      for (const scenario of new Set(result.series.map((one) => one.scenario))) {
        await visible(page.locator("section.question", { has: page.locator("code", { hasText: scenario }) }));
      }
      await page.locator("details.parts").evaluateAll((all) => {
        for (const details of all as HTMLDetailsElement[]) details.open = true;
      });
      const answered = result.series.filter(({ samples }) => samples.length > 0);
      await expect.poll(() => page.locator(".lane").count()).toBe(answered.length);
      const dots = page.locator('svg.chart g[aria-label="dot"] > *');
      expect(await dots.count()).toBe(answered.reduce((sum, { samples }) => sum + samples.length, 0));
      expect(complaints).toEqual([]);
    });

    test("has no horizontal overflow at 380 pixels, and its charts fit", async () => {
      const { page } = await browser.open(pathOf(file), { viewport: { width: 380, height: 800 } });
      await visible(page.locator(".lane"));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
      const rights = await page
        .locator("svg.chart :is(text, .lane)")
        .evaluateAll((all) => all.map((element) => element.getBoundingClientRect().right));
      expect(Math.max(...rights)).toBeLessThanOrEqual(380);
    });

    test("is light on paper and without what cannot be used there, also where the screen is dark", async () => {
      const { page, complaints } = await browser.open(pathOf(file), { colorScheme: "dark" });
      await visible(page.locator(".lane"));
      const dark = await colorOf(page, "--paper");
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      expect(await page.locator("form.filters").isVisible()).toBe(false);
      expect(await page.locator("svg.chart:visible").count()).toBeGreaterThan(0);
      expect(luminance(dark)).toBeLessThan(0.1);
      expect(luminance(await colorOf(page, "--paper"))).toBeGreaterThan(0.9);
      expect((await page.pdf({ format: "A4" })).byteLength).toBeGreaterThan(10_000);
      expect(complaints).toEqual([]);
    });
  });
}

describe("filters", () => {
  test("take an engine, a contender and a question out of charts, tables and samples, and put them back", async () => {
    const { page } = await browser.open(pathOf("real.html"));
    const lanes = page.locator(".lane");
    await visible(lanes);
    const all = await lanes.count();
    const without = (wanted: (one: RunResult["series"][number]) => boolean) =>
      real.series.filter((one) => one.samples.length > 0 && wanted(one)).length;

    await toggle(page, "engine", "local");
    await expect.poll(() => lanes.count()).toBe(without(({ engine }) => engine !== "local"));
    expect(await page.locator('tr[data-engine="local"]:visible').count()).toBe(0);
    await toggle(page, "contender", "engine-api");
    await expect
      .poll(() => lanes.count())
      .toBe(without(({ engine, contender }) => engine !== "local" && contender !== "engine-api"));
    await page.locator("#figure-1-1 details.samples summary").click();
    const samples = page.locator("#figure-1-1 details.samples");
    await expect.poll(() => samples.textContent()).toContain("docker CLI");
    expect(await samples.textContent()).not.toMatch(/local|Engine API/);
    await toggle(page, "scenario", "cold-start");
    expect(await page.locator('[data-scenario="cold-start"]').isVisible()).toBe(false);
    expect(await page.locator("output").textContent()).toMatch(
      /^1 of 2 engines, 4 of 5 contenders, \d+ of \d+ q/,
    );

    await page.getByRole("button", { name: "Show everything" }).click();
    await expect.poll(() => lanes.count()).toBe(all);
    await visible(page.locator('[data-scenario="cold-start"]'));
  });

  test("that leave nothing say so", async () => {
    const { page } = await browser.open(pathOf("real.html"));
    await toggle(page, "engine", "local");
    await toggle(page, "engine", "docker");
    await visible(page.getByText("Nothing is chosen."));
    expect(await page.locator("section.question:visible").count()).toBe(0);
  });

  test("the axis is linear or logarithmic as chosen, and says so; dots move with it", async () => {
    const { page } = await browser.open(pathOf("real.html"));
    const chart = page.locator("#figure-2-1");
    const places = () =>
      chart
        .locator('g[aria-label="dot"] > *')
        .evaluateAll((all) => all.map((dot) => dot.getBoundingClientRect().x));
    await toggle(page, "scale", "linear");
    await visible(chart.getByText("milliseconds", { exact: true }));
    await visible(chart.getByText("0", { exact: true }));
    const linear = await places();
    await toggle(page, "scale", "logarithmic");
    await visible(chart.getByText("milliseconds, logarithmic"));
    expect(await places()).not.toEqual(linear);
    // What has zeros or less has no logarithm.
    const odds = await browser.open(pathOf("odd.html"));
    await toggle(odds.page, "scale", "logarithmic");
    await visible(odds.page.getByText("MiB", { exact: true }).first());
    expect(odds.complaints).toEqual([]);
  });

  test("are worked by keyboard alone", async () => {
    const { page } = await browser.open(pathOf("real.html"));
    await page.locator("form.filters summary").focus();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe("docker");
    await page.keyboard.press("Space");
    expect(await page.locator('tr[data-engine="docker"]:visible').count()).toBe(0);
  });
});

describe("samples", () => {
  test("are gone through by keyboard, and told to the eye and the ear", async () => {
    const { page } = await browser.open(pathOf("real.html"));
    const values = valuesOf("docker", "sandbox");
    const lane = page.getByRole("img", { name: /^sandbox on docker: median .* samples/ }).first();
    const tip = page.locator(".tip p");
    const said = page.getByRole("status").filter({ hasText: /of \d+$/ });
    await lane.focus();
    await page.keyboard.press("ArrowRight");
    await visible(tip);
    expect(await tip.allTextContents()).toEqual([
      milliseconds(values[0]),
      "sandbox · docker",
      expect.stringMatching(/^round \d+ · [\d.]+ s into the run$/),
    ]);
    expect(await said.textContent()).toMatch(
      new RegExp(`^${milliseconds(values[0])}, round .*, 1 of ${values.length}$`),
    );
    await page.keyboard.press("End");
    expect(await tip.allTextContents()).toContain(milliseconds(values.at(-1)));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Home");
    expect(await tip.allTextContents()).toContain("docker CLI · docker");
    await page.keyboard.press("Escape");
    expect(await page.locator(".tip").isVisible()).toBe(false);
  });

  test("are pointed at, and what is told of them stays within a narrow window", async () => {
    const { page } = await browser.open(pathOf("real.html"), { viewport: { width: 380, height: 800 } });
    const dots = page.locator('#figure-1-1 g[aria-label="dot"]').first().locator("> *");
    const tip = page.locator(".tip p");
    const values = valuesOf("docker", "sandbox");
    const last = dots.last();
    await last.scrollIntoViewIfNeeded();
    const { x = 0, y = 0, width = 0, height = 0 } = (await last.boundingBox()) ?? {};
    await page.mouse.move(x + width / 2, y + height / 2);
    await visible(tip);
    expect(await tip.allTextContents()).toContain(milliseconds(values.at(-1)));
    const box = await page.locator(".tip").boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(380);
    await page.mouse.move(5, 5);
    expect(await page.locator(".tip").isVisible()).toBe(false);
  });

  test("stand in a table, every one", async () => {
    const { page } = await browser.open(pathOf("real.html"));
    await page.locator("#figure-1-1 details.samples summary").click();
    const [first] = real.series;
    const count = real.series
      .filter(({ scenario, metric }) => scenario === first?.scenario && metric === first.metric)
      .reduce((sum, { samples }) => sum + samples.length, 0);
    const table = page.getByRole("table", { name: /every sample/ });
    await expect.poll(() => table.locator("tbody tr").count()).toBe(count);
    expect(await table.textContent()).toContain(milliseconds(first?.samples[0]?.value));
  });
});

describe("words", () => {
  test("are read without the script, and every chart has its figures in a table", async () => {
    const { page } = await browser.open(pathOf("real.html"), { javaScriptEnabled: false });
    await visible(page.getByRole("heading", { name: "docker and local, side by side" }));
    expect(await page.locator("form.filters").isVisible()).toBe(false);
    const silent = await page.locator("figure.quantity").count();
    expect(await page.locator("figure.quantity table.figures").count()).toBe(silent);
    const row = page.locator("#figure-1-1 tbody tr").first();
    expect(await row.textContent()).toMatch(/docker\s*●\s*sandbox\s*[\d.]+ ms\s*[\d.]+ ms – [\d.]+ ms/);
  });

  test("tell what is not there and why, what is emulated, the machine, and how to read it", async () => {
    const { page } = await browser.open(pathOf("odd.html"));
    const text = (await page.locator("body > :not(script)").allTextContents()).join("\n");
    expect(text).toContain("What is not here, and why");
    expect(text).toContain("A toy stands in for it. Its figures say nothing of the engine's own speed.");
    expect(text).toContain("How to read it");
    expect(text).toContain("Processor, 2 cores");
    expect(text).toContain("not told");
    const places = await page
      .locator("tr, svg .engine text, .lane")
      .evaluateAll((all) =>
        all.map((element) => element.getAttribute("aria-label") ?? element.textContent ?? ""),
      );
    const ofToy = places.filter((place) => /\btoy\b/.test(place));
    expect(ofToy.length).toBeGreaterThan(3);
    expect(ofToy.filter((place) => !place.includes("toy (emulated)"))).toEqual([]);
  });

  test("of others are never taken for HTML", async () => {
    const { page, complaints } = await browser.open(pathOf("odd.html"));
    await visible(page.locator(".lane"));
    await page.locator("details.samples").first().locator("summary").click();
    await page.locator(".lane").first().focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.locator(".tip").textContent()).toContain(attack);
    expect(await page.locator("details.samples").first().textContent()).toContain(attack);
    expect(await page.locator("img, script:not(head *):not(#data)").count()).toBe(0);
    await toggle(page, "engine", oddEngine);
    expect(await page.locator(".lane").filter({ hasText: oddEngine }).count()).toBe(0);
    await toggle(page, "contender", crowd[6] ?? "");
    expect(complaints).toEqual([]);
  });
});

describe("parts of a start", () => {
  test("stand behind one another, each row with the sum of its own parts", async () => {
    const { page } = await browser.open(pathOf("odd.html"));
    const figure = page.locator("figure.phases");
    await visible(figure.locator("svg"));
    const sums = await figure
      .locator("tbody tr")
      .evaluateAll((rows) =>
        rows.map((row) =>
          [...row.querySelectorAll("td.n")].reduce(
            (sum, cell) => sum + (Number.parseFloat(cell.textContent ?? "") || 0),
            0,
          ),
        ),
      );
    const shown = (await figure.locator("svg .median text").allTextContents()).map(Number.parseFloat);
    expect(shown).toHaveLength(3);
    for (const [index, sum] of sums.entries()) expect(Math.abs((shown[index] ?? 0) - sum)).toBeLessThan(1);
    const bars = await figure.locator('svg g[aria-label="rect"] > rect').evaluateAll((all) =>
      all.map((bar) => ({
        y: bar.getAttribute("y"),
        x: bar.getBoundingClientRect().left,
        end: bar.getBoundingClientRect().right,
      })),
    );
    for (const [index, bar] of bars.entries()) {
      const before = bars[index - 1];
      if (before?.y === bar.y) expect(Math.abs(bar.x - before.end)).toBeLessThan(2);
    }
    // A row is as long as the sum beside it says.
    const lengths = new Map<string | null, number>();
    for (const { y, x, end } of bars) lengths.set(y, (lengths.get(y) ?? 0) + end - x);
    const scales = [...lengths.values()].map((length, index) => length / (shown[index] ?? 0));
    expect(Math.max(...scales) / Math.min(...scales)).toBeLessThan(1.6);
    // Four parts of the sandbox, one of its baseline, one of the other engine.
    expect(bars).toHaveLength(6);
  });
});

describe("themes", () => {
  test("follow the system until one is chosen, which is kept", async () => {
    const { page } = await browser.open(pathOf("real.html"), { colorScheme: "dark" });
    expect(luminance(await colorOf(page, "--paper"))).toBeLessThan(0.1);
    await toggle(page, "theme", "light");
    expect(luminance(await colorOf(page, "--paper"))).toBeGreaterThan(0.9);
    await page.reload();
    expect(luminance(await colorOf(page, "--paper"))).toBeGreaterThan(0.9);
    await toggle(page, "theme", "system");
    expect(luminance(await colorOf(page, "--paper"))).toBeLessThan(0.1);
  });

  test.each(["light", "dark"] as const)(
    "%s: text and accents stand out, and it looks unlike the other",
    async (theme) => {
      const { page } = await browser.open(pathOf("real.html"), { colorScheme: theme });
      await visible(page.locator(".lane"));
      const paper = await colorOf(page, "--paper");
      // WCAG 2.2: 4.5 for text, 3 for what is drawn.
      for (const name of ["--ink", "--quiet", "--notice"]) {
        expect(contrast(await colorOf(page, name), paper), name).toBeGreaterThan(4.5);
      }
      for (const tone of [0, 1, 2, 3, 4, 5]) {
        expect(contrast(await colorOf(page, `--tone-${tone}`), paper), `tone ${tone}`).toBeGreaterThan(3);
      }
      const picture = await page.screenshot({ path: pathOf(`${theme}.png`) });
      await page.emulateMedia({ colorScheme: theme === "light" ? "dark" : "light" });
      expect(Buffer.compare(await page.screenshot(), picture)).not.toBe(0);
    },
  );
});

function pathOf(file: string): string {
  return join(browser.directory, file);
}

function visible(locator: Locator): Promise<void> {
  return locator.first().waitFor({ state: "visible", timeout: 10_000 });
}

/** By its label, as the box itself is not seen. */
async function toggle(page: Page, name: string, value: string): Promise<void> {
  const input = page.locator(`input[name="${name}"][value=${JSON.stringify(value)}]`);
  await page.locator("label", { has: input }).click();
}

/** Of the cold start, from the least to the greatest. */
function valuesOf(engine: string, contender: string): number[] {
  const series = real.series.find(
    (one) => one.metric === "first-output" && one.engine === engine && one.contender === contender,
  );
  return (series?.samples ?? []).map(({ value }) => value).sort((a, b) => a - b);
}

/** As the page writes it; cold starts take long enough for whole ones. */
function milliseconds(value = Number.NaN): string {
  return `${value.toFixed(value >= 100 ? 0 : 1)} ms`;
}

function colorOf(page: Page, name: string): Promise<string> {
  return page.evaluate(
    (property) => getComputedStyle(document.documentElement).getPropertyValue(property).trim(),
    name,
  );
}

/** Relative luminance of `#rrggbb` or `#rgb`, 0–1 (WCAG 2.2). */
function luminance(color: string): number {
  const digits =
    color.length === 4 ? [...color.slice(1)].map((digit) => digit + digit) : color.match(/\w\w/g);
  const [red = 0, green = 0, blue = 0] = (digits ?? []).map((pair) => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
