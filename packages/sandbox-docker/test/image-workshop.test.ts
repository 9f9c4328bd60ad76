import { expect, it } from "vitest";
import { imageWorkshop } from "../src/index.js";
import { busybox, context, onEachEngine } from "./engines.js";

onEachEngine("images", (provide) => {
  it("builds one with labels, gives it another name, and takes both away", async () => {
    const workshop = await imageWorkshop(provide(), context.signal);
    const [tag, name] = ["nanoclaw-test/built:1", "nanoclaw-test/built:2"];
    const lines: string[] = [];
    const labels = { quoted: `"it's $HOME"` };
    const dockerfile = `FROM ${busybox}\nRUN ${JSON.stringify(["/bin/sh", "-ec", "echo from the guest"])}\n`;
    try {
      await workshop.build({ dockerfile, tag, labels }, (line) => lines.push(line));
      expect(lines.join("\n")).toContain("from the guest");
      await workshop.tag(tag, name);
      expect(await workshop.find(name)).toEqual(await workshop.find(tag));
      expect(await workshop.find(name)).toMatchObject({ labels });
    } finally {
      for (const each of [tag, name]) await workshop.untag(each);
    }
    expect(await workshop.find(name)).toBeUndefined();
  });

  it("tells which instruction failed, in the engine's words, and gives it no name", async () => {
    const workshop = await imageWorkshop(provide(), context.signal);
    const tag = "nanoclaw-test/failed:1";
    const dockerfile = `FROM ${busybox}\nRUN ["/bin/sh", "-c", "exit 7"]\n`;
    const failed = workshop.build({ dockerfile, tag, labels: {} }, () => undefined);
    await expect(failed).rejects.toThrow(/did not build: .*7/);
    expect(await workshop.find(tag)).toBeUndefined();
  });
});
