import { SandboxError } from "@nanoclaw/sandbox";
import { defineCapabilities } from "@nanoclaw/sandbox/adapter";
import { describe, expect, test } from "vitest";
import type { Check, CheckContext } from "../src/check.js";
import { checks } from "../src/checks/index.js";

/** Whatever it is asked for, it agrees. */
const willing: object = new Proxy(() => undefined, {
  get: (_, key) => (key === "then" ? undefined : key === "stdout" ? "next\n" : willing),
  apply: () => Promise.resolve(willing),
});

/** A context in which core does what `createWith` and `sandbox` do. */
function contextOf(createWith: CheckContext["createWith"], sandbox: object): CheckContext {
  const mounts = { directories: true, files: true, readOnly: true, nested: true };
  return {
    provider: { create: async () => willing },
    capabilities: defineCapabilities({ images: true, users: true, mounts }),
    createWith,
    create: (options: unknown) => createWith({} as never, options),
    shared: async () => sandbox,
    defer: () => undefined,
  } as unknown as CheckContext;
}

const refused = (hint?: string) => new SandboxError("invalid_argument", "That cannot be.", { hint });
/** Every member is a call that is refused. */
const refusing = (hint?: string): object =>
  new Proxy({}, { get: (_, key) => (key === "then" ? undefined : refusingCall(hint)) });
const refusingCall = (hint?: string): object =>
  new Proxy(() => undefined, {
    get: (_, key) => (key === "call" ? () => Promise.reject(refused(hint)) : refusingCall(hint)),
    apply: () => Promise.reject(refused(hint)),
  });

const ofInput = (id: string): Check => {
  const check = checks.find((each) => each.id === `G8.input-${id}`);
  if (!check) throw new Error(`There is no check G8.input-${id}.`);
  return check;
};

describe("a core that", () => {
  const atCreate = ["types", "unknown", "mount-sources", "mount-targets", "names", "nul", "numbers"];
  const onSandbox = ["commands", "files", "calls"];

  for (const id of atCreate) {
    test(`accepts anything, is caught by G8.input-${id}`, async () => {
      const context = contextOf(async () => willing as never, willing);
      await expect(ofInput(id).run(context)).rejects.toThrow(/did not reject with invalid_argument/);
    });

    test(`asks the engine before it refuses, is caught by G8.input-${id}`, async () => {
      const context = contextOf(async (provider) => {
        await provider.create({} as never, {} as never);
        throw refused("Write something else.");
      }, willing);
      await expect(ofInput(id).run(context)).rejects.toThrow(/only after the engine had been asked/);
    });

    test(`does not say what to write instead, is caught by G8.input-${id}`, async () => {
      const context = contextOf(async () => {
        throw refused();
      }, willing);
      await expect(ofInput(id).run(context)).rejects.toThrow(/without a hint/);
    });
  }

  for (const id of onSandbox) {
    test(`accepts anything on a sandbox, is caught by G8.input-${id}`, async () => {
      const context = contextOf(async () => willing as never, willing);
      await expect(ofInput(id).run(context)).rejects.toThrow(/did not reject with invalid_argument/);
    });

    test(`does not say what to write instead on a sandbox, is caught by G8.input-${id}`, async () => {
      const context = contextOf(async () => willing as never, refusing());
      await expect(ofInput(id).run(context)).rejects.toThrow(/without a hint/);
    });
  }

  test("asks the engine for what was aborted before, is caught by G2.aborted-before", async () => {
    const check = checks.find(({ id }) => id === "G2.aborted-before") as Check;
    const context = contextOf(async (provider) => {
      await provider.create({} as never, {} as never);
      throw new SandboxError("aborted", "Too late.", { cause: new Error("of the caller") });
    }, willing);
    await expect(check.run(context)).rejects.toThrow(/the engine was asked/);
  });

  test("tells output in the JSON of an error, is caught by G11.errors-hold-no-output", async () => {
    const check = checks.find(({ id }) => id === "G11.errors-hold-no-output") as Check;
    const sandbox = {
      exec: async (command: string) => {
        const stdout = `${command.split(/[ ;]/)[1]}\n`;
        throw new SandboxError("command_failed", `It said ${stdout}`, { result: { stdout } as never });
      },
    };
    await expect(check.run(contextOf(async () => willing as never, sandbox))).rejects.toThrow(
      /the output is in/,
    );
  });
});
