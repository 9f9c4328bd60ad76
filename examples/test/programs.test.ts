import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listSandboxes } from "@nanoclaw/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, engines, missingInGuest, removeState, state } from "./engines.js";
import { programs } from "./programs.js";

const run = promisify(execFile);

afterAll(removeState);

it("every program here is run by this test", () => {
  const sources = readdirSync(new URL("..", import.meta.url)).filter((name) => name.endsWith(".ts"));
  const names = sources.map((name) => name.replace(".ts", ""));
  const others = ["engine", "vitest.config"];
  expect(names.filter((name) => !others.includes(name)).sort()).toEqual(Object.keys(programs).sort());
});

describe.for(Object.entries(engines))("on %s", ([engine, find]) => {
  let found: Engine | string;
  beforeAll(async () => {
    found = await find();
    if (typeof found === "string") console.warn(`SKIPPED: the examples on ${engine}. ${found}`);
  });

  it.for(Object.entries(programs))("%s", { timeout: 60_000 }, async ([name, program], { skip }) => {
    if (typeof found === "string") return skip(found);
    const { provider, environment } = found;
    const { needs, guestPrograms = [], prints } = program;
    if (needs && !needs(provider.capabilities)) return skip("this host lacks what the program needs");
    const missing = await missingInGuest(provider, guestPrograms);
    if (missing.length > 0) return skip(`the guest has no ${missing.join(", ")}`);

    const file = fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
    const { stdout } = await run(process.execPath, [file], {
      timeout: 50_000,
      env: {
        PATH: process.env.PATH,
        XDG_STATE_HOME: state,
        PORT: String(await freePort()),
        ...environment,
      },
    });
    if (typeof prints === "string") expect(stdout).toBe(prints);
    else expect(stdout).toMatch(prints);
    expect(await listSandboxes(provider)).toEqual([]);
  });
});

/** With a network that is shared with the host the guest's port is the host's. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
