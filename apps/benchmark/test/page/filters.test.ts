import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/result.js";
import { real, reportPages, toggle, visible } from "./report-pages.js";

const { open } = reportPages();

describe("filters", () => {
  test("take an engine, a contender and a question out of charts, tables and samples, and put them back", async () => {
    const { page } = await open("real.html");
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
    const { page } = await open("real.html");
    await toggle(page, "engine", "local");
    await toggle(page, "engine", "docker");
    await visible(page.getByText("Nothing is chosen."));
    expect(await page.locator("section.question:visible").count()).toBe(0);
  });

  test("the axis is linear or logarithmic as chosen, and says so; dots move with it", async () => {
    const { page } = await open("real.html");
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
    const odds = await open("odd.html");
    await toggle(odds.page, "scale", "logarithmic");
    await visible(odds.page.getByText("MiB", { exact: true }).first());
    expect(odds.complaints).toEqual([]);
  });

  test("are worked by keyboard alone", async () => {
    const { page } = await open("real.html");
    await page.locator("form.filters summary").focus();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).value)).toBe("docker");
    await page.keyboard.press("Space");
    expect(await page.locator('tr[data-engine="docker"]:visible').count()).toBe(0);
  });
});
