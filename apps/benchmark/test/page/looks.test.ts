import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { colorOf, contrast, luminance } from "./colors.js";
import { pages, reportPages, toggle, visible } from "./report-pages.js";

type Axe = typeof axe;

const { open, pathOf } = reportPages();

describe("themes", () => {
  test("follow the system until one is chosen, which is kept", async () => {
    const { page } = await open("real.html", { colorScheme: "dark" });
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
      const { page } = await open("real.html", { colorScheme: theme });
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

for (const { name, file } of pages) {
  describe(`${name} on paper`, () => {
    test("is light, whole and without what cannot be used there, also where the screen is dark", async () => {
      const { page, complaints } = await open(file, { colorScheme: "dark" });
      await visible(page.locator(".lane"));
      expect(luminance(await colorOf(page, "--paper"))).toBeLessThan(0.1);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      expect(await colorOf(page, "--paper")).toBe("#fff");
      for (const control of ["form.filters", ".skip", "summary", "button", ".tip"]) {
        expect(await page.locator(control).locator("visible=true").count(), control).toBe(0);
      }
      expect(await cutOff(page)).toEqual([]);
      expect(await page.locator("svg.chart:visible").count()).toBeGreaterThan(0);
      expect((await page.pdf({ format: "A4" })).byteLength).toBeGreaterThan(10_000);
      expect(complaints).toEqual([]);
    });
  });
}

/** The page of the odd result is the smaller one, with more in it that may go wrong. With `CHECKS=all` the real run is looked at too. */
const audits = [
  { file: "odd.html", theme: "dark", width: 380 },
  { file: "odd.html", theme: "light", width: 1200 },
  { file: "real.html", theme: "light", width: 380 },
  { file: "real.html", theme: "dark", width: 1200 },
] as const;

describe("whoever cannot see it, or uses no pointer", () => {
  test.each(audits.slice(0, process.env.CHECKS === "all" ? audits.length : 2))(
    "axe finds nothing on $file, $theme, $width pixels wide",
    async ({ file, theme, width }) => {
      const { page } = await open(file, { colorScheme: theme, viewport: { width, height: 900 } });
      await visible(page.locator(".lane"));
      // One table of samples stands for all of them: they may have thousands of cells.
      await page.locator("details:not(.samples), #figure-1-1 details").evaluateAll((all) => {
        for (const details of all as HTMLDetailsElement[]) details.open = true;
      });
      await page.evaluate(axe.source);
      const violations = await page.evaluate(async () => {
        const found = await (globalThis as unknown as { axe: Axe }).axe.run();
        return found.violations.map(
          ({ id, nodes }) => `${id}: ${nodes.length}, ${nodes[0]?.html.slice(0, 200)}`,
        );
      });
      expect(violations).toEqual([]);
    },
  );
});

/** A sheet of A4 between margins of a centimetre, at 96 pixels to the inch. */
const SHEET_PIXELS = 718;

/** What is drawn or written beyond the right edge of a sheet. As in print, the charts are those of the window. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate((width) => {
    document.documentElement.style.width = `${width}px`;
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => element.outerHTML.slice(0, 80));
  }, SHEET_PIXELS);
}
