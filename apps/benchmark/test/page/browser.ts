import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findProgram } from "../../src/program.js";
import type { RunResult } from "../../src/result.js";
import { Bench } from "../bench-process.js";

/** Debian's and Ubuntu's, or what their makers call them. */
const program = ["chromium", "chromium-browser", "google-chrome"].map(findProgram).find(Boolean);

export const whyNoChromium =
  program === undefined ? "No Chromium; on Debian: apt-get install chromium" : undefined;

/** A real browser, and a directory with what it opens. */
export class PageBrowser implements AsyncDisposable {
  readonly directory: string;
  readonly #browser: Browser;

  private constructor(browser: Browser, directory: string) {
    this.#browser = browser;
    this.directory = directory;
  }

  static async start(): Promise<PageBrowser> {
    if (program === undefined) throw new Error(whyNoChromium);
    const browser = await chromium.launch({ executablePath: program });
    return new PageBrowser(browser, mkdtempSync(join(tmpdir(), "bench-page-")));
  }

  /** Opens a page from disk, in a context of its own, and collects everything that it should not do. */
  async open(file: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
    const context = await this.#browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    const url = pathToFileURL(file).href;
    page.on("request", (request) => {
      // The address of the empty icon is all content: nothing is asked for.
      if (request.url() !== url && request.url() !== "data:,") complaints.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return { page, complaints };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface OpenedPage {
  readonly page: Page;
  /** Errors and warnings of the console, requests and dialogs. */
  readonly complaints: readonly string[];
}

/** The page of this result, made by the program as users start it. */
export async function writePage(
  result: RunResult,
  file: string,
  flags: readonly string[] = [],
): Promise<void> {
  const input = `${file}.json`;
  writeFileSync(input, JSON.stringify(result));
  await using bench = new Bench(["report", input, "--html", file, ...flags], undefined);
  const { exitCode, stderr } = await bench.ended;
  if (exitCode !== 0) throw new Error(stderr);
}
