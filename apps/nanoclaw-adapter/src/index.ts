export { type Agent, agents } from "./agents/agent.js";
export type { AgentProfile } from "./agents/profile.js";
export { profiles } from "./agents/profiles.js";
export { type CapacityOptions, createCapacity } from "./capacity/create-capacity.js";
export type { CapacityLimits, EngineLimits, MachineLimits } from "./capacity/limits.js";
export type { Capacity, Need, Slot } from "./capacity/slot.js";
export { checkFolder, type Group } from "./group.js";
export { isValidFolder } from "./group-folder.js";
export { hostOf } from "./host.js";
export { type Installation, type InstallationOptions, installationAt } from "./installation.js";
export type {
  Choice,
  Concession,
  Decision,
  InRuntime,
  Layer,
  LayerName,
  LoweringAttempt,
} from "./policy/decision.js";
export { createRouter, type RouterOptions } from "./policy/policy-router.js";
export { type ReadinessOptions, waitUntilReady } from "./policy/readiness.js";
export type { Router } from "./policy/router.js";
export {
  type EngineOptions,
  type GroupSandbox,
  type GroupSandboxOptions,
  type Host,
  type KeptSandbox,
  openGroupSandbox,
} from "./run/group-sandbox.js";
export { isRuntime, type Runtime, runtimes } from "./runtime.js";
export { readSettings, type Settings } from "./settings/settings.js";
export type { AgentHandle } from "./turn/agent-handle.js";
export type { BundleFile, BundleLimits } from "./turn/bundle.js";
export type { ContainerInput, ContainerOutput } from "./turn/container-io.js";
export { runGroupAgent } from "./turn/group-agent.js";
export type { AgentMode, GroupAgentOptions, GroupAgentResult } from "./turn/options.js";
export type { SecretOptions, SecretSource } from "./turn/secrets.js";
