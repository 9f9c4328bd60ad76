import { execFileSync } from "node:child_process";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { context, onDocker, readAll, request } from "./engines.js";

/** A tar archive of one file, made by this host's tar. */
function tarOf(name: string, content: string, options: readonly string[] = []): Buffer {
  const script =
    'd=$(mktemp -d); n=$1; printf %s "$2" >"$d/$n"; shift 2; tar -C "$d" -cf - "$@" "$n"; rm -r "$d"';
  return execFileSync("/bin/sh", ["-c", script, "sh", name, content, ...options]);
}

onDocker("archive", (provide, engine) => {
  it("unpacks and packs", async () => {
    const driver = await provide().create(request(), context);
    await driver.archive?.unpack("/etc", Readable.from([tarOf("a file", "content\n")]), context);
    const process = await driver.spawn({ argv: ["cat", "/etc/a file"] }, context);
    expect((await readAll(process)).stdout).toBe("content\n");
    const packed = await buffer((await driver.archive?.pack("/etc/a file", context)) as Readable);
    expect(execFileSync("tar", ["-xOf", "-", "a file"], { input: packed }).toString()).toBe("content\n");
  });

  it("keeps the owners that the archive names", async () => {
    const driver = await provide().create(request(), context);
    const tar = tarOf("mine", "x", ["--owner=1234", "--group=56"]);
    await driver.archive?.unpack("/tmp", Readable.from([tar]), context);
    const process = await driver.spawn({ argv: ["stat", "-c", "%u:%g", "/tmp/mine"] }, context);
    expect((await readAll(process)).stdout).toBe("1234:56\n");
  });

  it("refuses what it would not reach", async () => {
    const driver = await provide().create(request(), context);
    const tar = Readable.from([tarOf("x", "x")]);
    await expect(driver.archive?.unpack("/dev/shm", tar, context)).rejects.toMatchObject({
      code: "unsupported",
    });
    await expect(driver.archive?.pack("/proc/self", context)).rejects.toMatchObject({ code: "unsupported" });
  });

  it("says that there is no such file or directory", async () => {
    const driver = await provide().create(request(), context);
    const missing = { code: "file_not_found" };
    await expect(driver.archive?.pack("/no/such", context)).rejects.toMatchObject(missing);
    if (engine === "docker") {
      // Podman makes the directory.
      const tar = Readable.from([tarOf("x", "x")]);
      await expect(driver.archive?.unpack("/no/such", tar, context)).rejects.toMatchObject(missing);
    }
    const again = Readable.from([tarOf("x", "x")]);
    await expect(driver.archive?.unpack("/etc/passwd", again, context)).rejects.toMatchObject({
      code: "file_failed",
    });
  });

  it("stops reading when the stream to unpack fails, with its error", async () => {
    const driver = await provide().create(request(), context);
    const broken = new Error("broken on purpose");
    const tar = Readable.from(
      (async function* () {
        yield tarOf("x", "x").subarray(0, 512);
        throw broken;
      })(),
    );
    await expect(driver.archive?.unpack("/tmp", tar, context)).rejects.toMatchObject({ cause: broken });
  });

  it("ends a packed stream on abort", async () => {
    const driver = await provide().create(request(), context);
    const make = await driver.spawn(
      { argv: ["dd", "if=/dev/zero", "of=/tmp/big", "bs=1M", "count=64"] },
      context,
    );
    await readAll(make);
    const controller = new AbortController();
    const packed = await driver.archive?.pack("/tmp/big", { ...context, signal: controller.signal });
    const reading = (async () => {
      for await (const _ of packed as Readable) controller.abort(new Error("enough"));
    })();
    await expect(reading).rejects.toThrow("enough");
  });
});
