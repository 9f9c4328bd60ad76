import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SandboxError, type SandboxProvider } from "@nanoclaw/sandbox";
import { local } from "@nanoclaw/sandbox-local";
import { expect, test } from "vitest";
import type { Decision, Host, Runtime } from "../src/index.js";
import type { RunRequest } from "../src/shim/run-request.js";
import { RunStop } from "../src/shim/run-stop.js";
import { runInSandbox } from "../src/shim/sandbox-run.js";
import { type TurnHost, turnHost } from "./turn-host.js";

/** A host whose policy asks for one engine, which is missing, and gets another with what that needs. */
function fallingBack(
  { host }: TurnHost,
  wanted: Runtime,
  gets: Runtime,
  needs: Partial<Decision>,
  provider?: SandboxProvider,
): Host {
  const { router } = host;
  const missing = { image: `an image of ${wanted}`, entrypoint: ["/bin/sh", "-c", "exit 1"] };
  return {
    ...host,
    router: {
      provider: async (runtime) => provider ?? (await router.provider(runtime)),
      decide: async (group) => ({ ...(await router.decide(group)), runtime: wanted, ...missing }),
      choose: async (decision) => ({
        decision: { ...decision, ...needs },
        runtime: gets,
        unavailable: [{ runtime: wanted, reason: "It is not there." }],
      }),
    },
  };
}

const watcher = { chosen: async () => undefined, cleanupFailed: () => undefined };

function requestOf({ host }: TurnHost): RunRequest {
  const source = join(host.installation.groupsDirectory, "family");
  mkdirSync(source, { recursive: true });
  return {
    ...{ folder: "family", name: "nanoclaw-family-1", image: "agent", interactive: false },
    ...{ words: [], env: {}, labels: {}, limits: {} },
    line: "v1",
    binds: [{ source, target: "/workspace/group", readOnly: false }],
  };
}

test("a run that falls back is started as the engine that it gets needs it, not as the one that is missing", async () => {
  using t = turnHost(local(), { runtime: "local" });
  const host = fallingBack(t, "tart", "local", { entrypoint: ["/bin/sh", "-c", "exit 7"] });
  expect(await runInSandbox(requestOf(t), host, new RunStop(), watcher)).toBe(7);
});

test("a run that falls back to a machine gets the image that policy has for machines", async () => {
  using t = turnHost(local(), { runtime: "local" });
  const images: (string | undefined)[] = [];
  const { capabilities } = local();
  const tart = {
    name: "tart",
    // Like Tart's, with images.
    capabilities: { ...capabilities, images: true },
    create: async ({ image }: { image?: string }) => {
      images.push(image);
      throw new SandboxError("engine_unavailable", "It ends here.");
    },
  } as unknown as SandboxProvider;
  const host = fallingBack(t, "docker", "tart", { image: "macos-agents" }, tart);
  await expect(runInSandbox(requestOf(t), host, new RunStop(), watcher)).rejects.toThrow("It ends here.");
  expect(images).toEqual(["macos-agents"]);
});
