import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { parseResult } from "../../src/parse-result.js";
import { showable } from "../../src/report/emulated.js";
import { type OpenedPage, PageBrowser, whyNoChromium, writePage } from "./browser.js";
import { oddResult } from "./odd-result.js";

/** A short run on Docker and bubblewrap, as `run --json` wrote it. */
export const real = parseResult(readFileSync(new URL("./short-run.json", import.meta.url), "utf8"));

export const pages = [
  { name: "a real run", result: real, file: "real.html" },
  {
    name: "a run with odd names",
    result: showable(oddResult(), { includeEmulated: true }),
    file: "odd.html",
  },
] as const;

type PageFile = (typeof pages)[number]["file"];

interface ReportPages {
  open(file: PageFile, options?: Parameters<PageBrowser["open"]>[1]): Promise<OpenedPage>;
  /** Of a file that is gone with the browser. */
  pathOf(file: string): string;
}

/** A browser and these pages, for the tests of one file. */
export function reportPages(): ReportPages {
  let browser: PageBrowser;
  const pathOf = (file: string) => join(browser.directory, file);
  beforeAll(async () => {
    if (whyNoChromium !== undefined) return;
    browser = await PageBrowser.start();
    await Promise.all([
      writePage(real, pathOf("real.html")),
      writePage(oddResult(), pathOf("odd.html"), ["--include-emulated"]),
    ]);
  });
  afterAll(() => browser?.[Symbol.asyncDispose]());
  beforeEach(({ skip }) => skip(whyNoChromium !== undefined, whyNoChromium));
  return { open: (file, options) => browser.open(pathOf(file), options), pathOf };
}

export function visible(locator: Locator): Promise<void> {
  return locator.first().waitFor({ state: "visible", timeout: 10_000 });
}

/** By its label, as the box itself is not seen. */
export async function toggle(page: Page, name: string, value: string): Promise<void> {
  const input = page.locator(`input[name="${name}"][value=${JSON.stringify(value)}]`);
  await page.locator("label", { has: input }).click();
}
