import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Bench, call, request, run } from "./guest.js";

/** What of the host is mounted into the guest. */
export function mounts(): void {
  function tree(bench: Bench): string {
    const root = join(bench.directory, "host");
    mkdirSync(join(root, "project/config"), { recursive: true });
    mkdirSync(join(root, "data"));
    writeFileSync(join(root, "project/file"), "of the host");
    writeFileSync(join(root, "single"), "single");
    symlinkSync("project", join(root, "alias"));
    return root;
  }

  describe("a mount", () => {
    test("is the host's own directory, changed there and read-only as asked for", async () => {
      await using bench = new Bench();
      const root = tree(bench);
      const driver = await bench.create({
        mounts: [
          { source: join(root, "project"), target: "/work", readOnly: false },
          { source: join(root, "data"), target: "/deep/in/data", readOnly: true },
        ],
      });
      expect(
        (await run(driver, "cat file; echo new >made; touch /deep/in/data/x || echo refused")).stdout,
      ).toBe("of the hostrefused\n");
      expect(readFileSync(join(root, "project/made"), "utf8")).toBe("new\n");
      expect(existsSync(join(root, "data/x"))).toBe(false);
    });

    test("may be one file, and may be in another with another mode", async () => {
      await using bench = new Bench();
      const root = tree(bench);
      const driver = await bench.create({
        mounts: [
          { source: join(root, "data"), target: "/work/config", readOnly: true },
          { source: join(root, "alias"), target: "/work", readOnly: false },
          { source: join(root, "single"), target: "/work/single", readOnly: false },
        ],
      });
      const script = "touch config/x || echo refused; echo more >>single; cat single; touch y && echo made";
      expect((await run(driver, script)).stdout).toBe("refused\nsinglemore\nmade\n");
      expect(readFileSync(join(root, "single"), "utf8")).toBe("singlemore\n");
    });

    test("leaves a socket a socket", async () => {
      await using bench = new Bench();
      const path = join(bench.directory, "s");
      const server = createServer().listen(path);
      await new Promise((resolve) => server.once("listening", resolve));
      const driver = await bench.create({
        mounts: [{ source: path, target: "/run/service", readOnly: true }],
      });
      expect((await run(driver, "test -S /run/service")).exitCode).toBe(0);
      server.close();
    });

    test("that cannot be made as asked for is refused before anything is made", async () => {
      await using bench = new Bench();
      const root = tree(bench);
      const bad = request({ mounts: [{ source: join(root, "data"), target: "/usr/new", readOnly: true }] });
      await expect(bench.provider.create(bad, call())).rejects.toMatchObject({ code: "invalid_argument" });
      const workdir = request({ workdir: "/usr/missing" });
      await expect(bench.provider.create(workdir, call())).rejects.toMatchObject({
        code: "invalid_argument",
      });
      expect(existsSync(join(bench.stateDirectory, bad.id))).toBe(false);
    });

    test("never shows the pipes and records of sandboxes", async () => {
      await using bench = new Bench();
      const other = await bench.create();
      const source = bench.directory;
      const driver = await bench.create({ mounts: [{ source, target: "/host", readOnly: false }] });
      expect((await run(driver, "ls -A /host/state; touch /host/state/x || echo refused")).stdout).toBe(
        "refused\n",
      );
      expect((await run(other, "echo alive")).stdout).toBe("alive\n");
    });
  });
}
