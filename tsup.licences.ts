import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** Writes the licences of what was bundled into `file`, as those licences ask for. */
export function bundledLicences(file: string): Plugin {
  return {
    name: "bundled-licences",
    setup(build) {
      build.onEnd(({ metafile }) => {
        const inputs = Object.keys(metafile?.inputs ?? {});
        const directories = new Set(
          inputs.flatMap((input) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []),
        );
        if (directories.size === 0) return;
        mkdirSync(join(file, ".."), { recursive: true });
        writeFileSync(file, [...directories].map(notice).sort().join("\n\n---\n\n"));
      });
    },
  };
}

function notice(directory: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  const text = readdirSync(directory).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (!text) throw new Error(`${name} is bundled and brings no licence text.`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(directory, text), "utf8").trim()}\n`;
}
