#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { loadProvider, type SandboxProvider } from "@nanoclaw/sandbox";
import type { Capacity, Decision, Host, Installation, Router, Runtime } from "../../src/index.js";
import { adapterOf } from "../../src/runtime.js";
import { runShim } from "../../src/shim/shim.js";
import type { TestPolicy } from "./installation.js";

// The executable named docker with a policy of the tests': all of it but the policy and the queue is the real one.

function routerOf({ groups, engines }: TestPolicy): Router {
  const providers = new Map<Runtime, Promise<SandboxProvider>>();
  const router: Router = {
    decide: async ({ folder }) => {
      const policy = groups[folder];
      if (policy === undefined) throw new Error(`The tests' policy has no group ${folder}.`);
      const decision: Decision = {
        folder,
        fallback: [],
        sensitive: false,
        agent: "claude",
        network: "open",
        limits: {},
        timeouts: { bootMs: 60_000, runMs: 600_000, idleMs: 600_000 },
        keep: { on: "never", ttlMs: 60_000 },
        queueMs: 60_000,
        layers: [],
        attempts: [],
        ...policy,
      };
      return decision;
    },
    choose: async (decision) => ({ decision, runtime: decision.runtime, unavailable: [] }),
    provider: (runtime) => {
      const known = providers.get(runtime);
      if (known) return known;
      const provider = loadProvider(adapterOf[runtime], engines[runtime], { from: import.meta.url });
      providers.set(runtime, provider);
      return provider;
    },
  };
  return router;
}

const capacity: Capacity = {
  admit: async () => ({
    queuedMs: 0,
    end: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }),
};

const openHost = async (installation: Installation): Promise<Host> => {
  const policy = JSON.parse(readFileSync(process.env.NANOCLAW_TEST_POLICY ?? "", "utf8")) as TestPolicy;
  return { installation, router: routerOf(policy), capacity };
};

process.exitCode = await runShim(process.argv.slice(2), { openHost });
