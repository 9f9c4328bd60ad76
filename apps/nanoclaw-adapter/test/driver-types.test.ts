import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { driverFile, mixedDriver } from "../src/driver.js";
import { registered } from "./driver-host/drivers/driver-registry.js";
import { makeInstallation } from "./driver-installation.js";

const source = new URL("../src/", import.meta.url).pathname;

/**
 * The compiler holds `driver-host/drivers` against the package's types, as it does everything here, in the strict mode
 * that the whole repository has: `npm run typecheck` is the other half of this test.
 */
test("F11: the file for a checkout is the one that compiles against the host's registry, and registers the driver", async () => {
  const file = readFileSync(new URL("./driver-host/drivers/mixed.ts", import.meta.url), "utf8");
  expect(driverFile).toBe(file);
  expect(readFileSync(new URL("../../../docs/nanoclaw/driver.md", import.meta.url), "utf8")).toContain(file);
  await import("./driver-host/drivers/mixed.js");
  expect([...registered.keys()]).toEqual(["mixed"]);
});

test("F11: nothing is imported that the package does not depend on", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const files = readdirSync(source, { recursive: true, encoding: "utf8" });
  const imported = files
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .flatMap((name) => ts.preProcessFile(readFileSync(join(source, name), "utf8")).importedFiles)
    .map(({ fileName }) => fileName)
    .filter((name) => !name.startsWith(".") && !isBuiltin(name));
  const packages = new Set(imported.map((name) => name.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? name));
  expect(packages).toContain("@nanoclaw/sandbox");
  expect([...packages].filter((name) => !declared.includes(name))).toEqual([]);
});

test("a driver is of the kind that selects it", async () => {
  await using nanoclaw = makeInstallation();
  const driver = mixedDriver({ host: nanoclaw.host([]) })(nanoclaw.policy);
  expect(driver.kind).toBe("mixed");
});
