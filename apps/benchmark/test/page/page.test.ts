import { describe, expect, test } from "vitest";
import { attack, crowd, oddEngine } from "./odd-result.js";
import { pages, reportPages, toggle, visible } from "./report-pages.js";

const { open } = reportPages();

for (const { name, result, file } of pages) {
  describe(name, () => {
    test("opens from disk without a request, an error or a warning, and shows every scenario and sample", async () => {
      const { page, complaints } = await open(file, { offline: true });
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
      const { page } = await open(file, { viewport: { width: 380, height: 800 } });
      await visible(page.locator(".lane"));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
      const rights = await page
        .locator("svg.chart :is(text, .lane)")
        .evaluateAll((all) => all.map((element) => element.getBoundingClientRect().right));
      expect(Math.max(...rights)).toBeLessThanOrEqual(380);
    });
  });
}

describe("words", () => {
  test("are read without the script, and every chart has its figures in a table", async () => {
    const { page } = await open("real.html", { javaScriptEnabled: false });
    await visible(page.getByRole("heading", { name: "docker and local, side by side" }));
    expect(await page.locator("form.filters").isVisible()).toBe(false);
    const silent = await page.locator("figure.quantity").count();
    expect(await page.locator("figure.quantity table.figures").count()).toBe(silent);
    const row = page.locator("#figure-1-1 tbody tr").first();
    expect(await row.textContent()).toMatch(/docker\s*●\s*sandbox\s*[\d.]+ ms\s*[\d.]+ ms – [\d.]+ ms/);
  });

  test("tell what is not there and why, what is emulated, the machine, and how to read it", async () => {
    const { page } = await open("odd.html");
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
    const { page, complaints } = await open("odd.html");
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
    const { page } = await open("odd.html");
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
