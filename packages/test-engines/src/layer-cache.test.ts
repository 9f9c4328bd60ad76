import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { skipAloud } from "../test/skip-aloud.js";
import { getLayers } from "./images/layer-cache.js";
import { startOwnerProcess } from "./owner-process.js";
import { whyNoTestImages } from "./prerequisites.js";
import { processesContaining } from "./process-table.js";
import { waitUntilGone } from "./wait-until-gone.js";

const reason = whyNoTestImages();

describe("the cache of layers", () => {
  skipAloud(reason);
  let cache = "";
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "layer-cache-"));
  });
  afterEach(() => rmSync(cache, { recursive: true }));

  it("keeps what it built, under its digest, and nothing else", async () => {
    const first = (await getLayers(["busybox"], cache)).get("busybox");
    expect(
      createHash("sha256")
        .update(readFileSync(first?.path ?? ""))
        .digest("hex"),
    ).toBe(first?.digest);
    expect((await getLayers(["busybox"], cache)).get("busybox")).toEqual(first);
    expect(readdirSync(cache).filter((name) => !name.startsWith("busybox-"))).toEqual(["lock"]);
  });

  it("builds once for several who ask at the same time", async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => getLayers(["no-shell", "busybox"], cache)));
    expect(new Set(all.map((layers) => JSON.stringify([...layers]))).size).toBe(1);
    expect(readdirSync(cache).filter((name) => name.endsWith(".tar"))).toHaveLength(2);
  });

  it("is not blocked by a builder that was killed, and removes what that one left", async () => {
    const parent = mkdtempSync(join(tmpdir(), "layer-cache-home-"));
    const home = join(parent, "nanoclaw-sandbox-tests");
    try {
      mkdirSync(home);
      const debian = (await getLayers(["debian"])).get("debian")?.path ?? "";
      for (const path of [debian, `${debian}.sha256`]) copyFileSync(path, join(home, basename(path)));
      const cli = new URL("../dist/cli.js", import.meta.url);
      await using builder = startOwnerProcess(cli, {
        args: ["--images", "node"],
        env: { XDG_CACHE_HOME: parent, TMPDIR: parent },
      });
      const builds = () => readdirSync(home).filter((name) => name.startsWith("build-"));
      // "Gone" is the time before the build: it takes a second, so it cannot be missed.
      await waitUntilGone(() => builds().length === 0, 20_000);
      await builder.kill();
      expect(builds()).toHaveLength(1);
      expect((await getLayers(["node"], home)).has("node")).toBe(true);
      // Long enough ago for its programs to have ended, which here is waited for.
      await waitUntilGone(() => processesContaining(parent), 10_000);
      utimesSync(join(home, builds()[0] ?? ""), 0, 0);
      await getLayers(["busybox"], home);
      expect(builds()).toEqual([]);
      await waitUntilGone(() => readdirSync(parent).filter((name) => name !== basename(home)), 10_000);
    } finally {
      rmSync(parent, { recursive: true });
    }
  });
});
