export { type Agent, agents } from "./agents/agent.js";
export { type CapacityOptions, createCapacity } from "./capacity/create-capacity.js";
export type { CapacityLimits, EngineLimits, MachineLimits } from "./capacity/limits.js";
export type { Capacity, Need, Slot } from "./capacity/slot.js";
export { checkFolder, type Group, isValidFolder } from "./group.js";
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
  type GroupSandbox,
  type GroupSandboxOptions,
  type Host,
  openGroupSandbox,
} from "./run/group-sandbox.js";
export { isRuntime, type Runtime, runtimes } from "./runtime.js";
export { readSettings, type Settings } from "./settings/settings.js";
