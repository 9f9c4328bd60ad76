import { expect, it } from "vitest";
import { context, installation, onEachEngine, readAll, readUntil, request } from "./engines.js";

onEachEngine("lifecycle", (provide, engine) => {
  it("gives the main process, with its input and output", async () => {
    const driver = await provide().create(request(), context);
    const output = driver.main?.output[Symbol.asyncIterator]() as AsyncIterator<never>;
    driver.main?.stdin.write("through the pipe\n");
    expect(await readUntil(output, "\n")).toBe("through the pipe\n");
    await driver.destroy(context);
    expect(await provide().list(installation, context)).toEqual([]);
  });

  it("ends the sandbox and removes it when the pipe closes", async () => {
    const provider = provide();
    const driver = await provider.create(request({ mainCommand: ["/bin/sh", "-c", "cat; exit 5"] }), context);
    driver.main?.stdin.end("last words");
    expect(await readAll(driver.main as never)).toEqual({ stdout: "last words", stderr: "" });
    expect(await driver.main?.exited).toEqual({ exitCode: 5, signal: null });
    await expect.poll(() => provider.list(installation, context), { timeout: 5_000 }).toEqual([]);
  });

  it("removes it when the connection is cut", async () => {
    const provider = provide();
    const driver = await provider.create(request(), context);
    driver.main?.disconnect();
    await expect(driver.main?.exited).rejects.toMatchObject({ code: "sandbox_lost" });
    await expect.poll(() => provider.list(installation, context), { timeout: 5_000 }).toEqual([]);
  });

  it("destroys twice, and at the same time, without an error", async () => {
    const driver = await provide().create(request(), context);
    await Promise.all([
      driver.destroy(context),
      driver.destroy(context),
      provide().remove(driver.id, installation, context),
    ]);
    await driver.destroy(context);
    expect(await provide().list(installation, context)).toEqual([]);
  });

  it("tells whoever reads that the sandbox was destroyed", async () => {
    const driver = await provide().create(request(), context);
    const reading = readAll(driver.main as never);
    reading.catch(() => undefined);
    await driver.destroy(context);
    await expect(reading).rejects.toMatchObject({
      code: "sandbox_lost",
      message: expect.stringContaining("destroyed"),
    });
    await expect(driver.main?.exited).rejects.toMatchObject({ code: "sandbox_lost" });
  });

  it("remembers what it was given", async () => {
    const provider = provide();
    const asked = request({
      name: "a name",
      labels: { "a key": 'a "value"\n' },
      expiresAt: 1_900_000_000_000,
    });
    const before = Date.now();
    await provider.create(asked, context);
    const [record, ...others] = await provider.list(installation, context);
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      id: asked.id,
      name: "a name",
      image: asked.image,
      labels: asked.labels,
      expiresAt: asked.expiresAt,
      owner: asked.owner,
      state: "running",
    });
    // The engine counts in whole seconds.
    expect(Math.abs((record?.createdAt ?? 0) - before)).toBeLessThan(5_000);
  });

  it("refuses a name that a living sandbox has", async () => {
    const provider = provide();
    await provider.create(request({ name: "taken" }), context);
    const second = request({ name: "taken" });
    await expect(provider.create(second, context)).rejects.toMatchObject({ code: "already_exists" });
    await provider.remove(second.id, installation, context);
    expect(await provider.list(installation, context)).toHaveLength(1);
  });

  it("attaches by id, and does not end what it lets go", async () => {
    const provider = provide();
    const { id } = await provider.create(request(), context);
    const attached = await provide().attach(id, context);
    const process = await attached.spawn({ argv: ["/bin/sh", "-c", "echo here"] }, context);
    expect(await readAll(process)).toEqual({ stdout: "here\n", stderr: "" });
    await attached.detach();
    expect(await provider.list(installation, context)).toHaveLength(1);
  });

  it.each(["nowhere", "../../images", ""])("knows no sandbox %j", async (id) => {
    await expect(provide().attach(id, context)).rejects.toMatchObject({ code: "sandbox_not_found" });
    await provide().remove(id, installation, context);
  });

  it("does not take the beginning of an engine's own id for a sandbox", async () => {
    const provider = provide();
    const driver = await provider.create(
      request({ mainCommand: ["/bin/sh", "-c", "hostname; cat"] }),
      context,
    );
    // The host's name is the beginning of the container's id.
    const hostname = (await readUntil(driver.main?.output[Symbol.asyncIterator]() as never, "\n")).trim();
    expect(hostname).toMatch(/^[0-9a-f]{12}$/);
    await provider.remove(hostname, installation, context);
    expect(await provider.list(installation, context)).toHaveLength(1);
  });

  it("never removes what another installation made", async () => {
    const provider = provide();
    const { id } = await provider.create(request(), context);
    await expect(provider.remove(id, "another", context)).rejects.toMatchObject({
      code: "permission_denied",
    });
    expect(await provider.list(installation, context)).toHaveLength(1);
  });

  it("has the engine's init as process 1", async () => {
    const main = ["/bin/sh", "-c", "cat /proc/1/comm; cat"];
    const driver = await provide().create(request({ mainCommand: main }), context);
    const name = await readUntil(driver.main?.output[Symbol.asyncIterator]() as never, "\n");
    expect(name.trim()).not.toBe(engine === "docker" ? "sh" : "cat");
  });
});
