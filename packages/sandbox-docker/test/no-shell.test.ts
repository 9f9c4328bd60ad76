import { describe, expect, it } from "vitest";
import { docker } from "../src/index.js";
import { context, installation, onEachEngine, readAll, readUntil, request } from "./engines.js";

onEachEngine("an image without a shell", (provide) => {
  const withoutShell = () => provide({ commands: "engine", main: ["cat"] });
  const start = () =>
    withoutShell().create(request({ image: "nanoclaw-test/no-shell:1", mainCommand: [] }), context);

  it("declares that the engine carries commands, and that nothing can be kept", () => {
    expect(withoutShell().capabilities).toMatchObject({ commands: "engine", keep: false });
  });

  it("runs commands by the engine's exec", async () => {
    const driver = await start();
    expect(driver.main).toBeUndefined();
    const process = await driver.spawn({ argv: ["echo", "a b", "$HOME"], env: { X: "1" } }, context);
    expect(await readAll(process)).toEqual({ stdout: "a b $HOME\n", stderr: "" });
    expect(await process.exited).toEqual({ exitCode: 0, signal: null });
    const missing = await driver.spawn({ argv: ["sh", "-c", "true"] }, context);
    await readAll(missing);
    expect(await missing.exited).toEqual({ exitCode: 127, signal: null });
  });

  it("ends the sandbox to end a command, and says so", async () => {
    const driver = await start();
    const process = await driver.spawn({ argv: ["sleep", "1000"] }, context);
    const other = await driver.spawn({ argv: ["cat"] }, context);
    other.stdin.write("runs");
    await readUntil(other.output[Symbol.asyncIterator](), "runs");
    await expect(process.kill?.("SIGTERM")).rejects.toMatchObject({ code: "unsupported" });
    await process.kill?.("SIGKILL");
    expect(await withoutShell().list(installation, context)).toEqual([]);
    await expect(readAll(process)).rejects.toMatchObject({
      code: "sandbox_lost",
      message: expect.stringContaining("no shell"),
    });
  });

  it("ends with its owner's connection", async () => {
    const driver = await start();
    await driver.detach();
    await expect.poll(() => withoutShell().list(installation, context), { timeout: 5_000 }).toEqual([]);
  });
});

describe("options", () => {
  it.each([{ commands: "engine" as const }, { main: ["cat"] }])(
    "refuses one without the other: %j",
    (options) => {
      expect(() => docker(options)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    },
  );
});
