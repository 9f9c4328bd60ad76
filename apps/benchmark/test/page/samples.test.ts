import { describe, expect, test } from "vitest";
import { real, reportPages, visible } from "./report-pages.js";

const { open } = reportPages();

describe("samples", () => {
  test("are gone through by keyboard, and told to the eye and the ear", async () => {
    const { page } = await open("real.html");
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
    const { page } = await open("real.html", { viewport: { width: 380, height: 800 } });
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
    const { page } = await open("real.html");
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
