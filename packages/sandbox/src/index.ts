export { type AttachOptions, attachSandbox } from "./attach.js";
export type { CallOptions, ExecOptions, SpawnOptions } from "./command-options.js";
export type { Capabilities, Isolation } from "./contract/capabilities.js";
export { SandboxError, type SandboxErrorCode, type SandboxErrorDetails } from "./contract/error.js";
export type { SandboxEvent } from "./contract/event.js";
export type { CommandResult, OutputChunk, ProcessExit, TerminalSize } from "./contract/process.js";
export type { EngineReport, SandboxProvider, SandboxStats } from "./contract/provider.js";
export type { Lifetime, Limits, Network, Owner, SandboxRecord } from "./contract/request.js";
export { createSandbox } from "./create.js";
export type { CreateOptions, MountOption } from "./create-options.js";
export type { FileEntry, FileStat, FileType, ReadOptions, SandboxFiles, WriteOptions } from "./files.js";
export {
  collectGarbage,
  type GarbageReport,
  listSandboxes,
  probeEngine,
  removeSandbox,
  type SandboxSummary,
} from "./list.js";
export { type LoadProviderOptions, loadProvider } from "./load-provider.js";
export type { SandboxPort, SandboxPorts } from "./ports.js";
export type { ProcessResult, SandboxProcess } from "./process.js";
export type { Sandbox } from "./sandbox.js";
