import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync, writeSync } from "node:fs";
import { formatJson } from "../json.js";

export type GuestOs = "darwin" | "linux";
export type DiskFormat = "raw" | "asif";

/** `config.json` of a machine. */
export interface VmConfig {
  readonly version: 1;
  readonly os: GuestOs;
  readonly arch: "arm64" | "amd64";
  readonly cpuCountMin: number;
  readonly cpuCount: number;
  /** Bytes. */
  readonly memorySizeMin: number;
  /** Bytes. */
  readonly memorySize: number;
  readonly macAddress: string;
  readonly display: { readonly width: number; readonly height: number; readonly unit?: "pt" | "px" };
  readonly displayRefit?: boolean;
  readonly diskFormat: DiskFormat;
  /** macOS alone: the serial number, base64. */
  readonly ecid?: string;
  /** macOS alone, base64. */
  readonly hardwareModel?: string;
}

const bytesPerGiB = 2 ** 30;

/** What a new machine of this system is given. */
export function newConfig(os: GuestOs, diskFormat: DiskFormat = "raw"): VmConfig {
  return {
    version: 1,
    os,
    arch: "arm64",
    cpuCountMin: os === "darwin" ? 4 : 1,
    cpuCount: 4,
    memorySizeMin: (os === "darwin" ? 4 : 0.5) * bytesPerGiB,
    memorySize: 4 * bytesPerGiB,
    macAddress: newMacAddress(),
    display: { width: 1024, height: 768 },
    diskFormat,
    ...(os === "darwin" && {
      ecid: newSerial(),
      hardwareModel: Buffer.from("Emulated1,1").toString("base64"),
    }),
  };
}

/** Throws like any reader of JSON where the file is missing or damaged. */
export function readConfig(path: string): VmConfig {
  return JSON.parse(readFileSync(path, "utf8")) as VmConfig;
}

/**
 * In place, so that the lock of a machine that runs stays where it is; in one piece and never shorter than before, so
 * that another command reads the old or the new text and nothing between.
 */
export function writeConfig(path: string, config: VmConfig): void {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  try {
    writeSync(descriptor, formatJson(config).padEnd(fstatSync(descriptor).size), 0);
  } finally {
    closeSync(descriptor);
  }
}

/** Locally administered and for one station alone, as the system makes them. */
export function newMacAddress(): string {
  const bytes = randomBytes(6);
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

export function newSerial(): string {
  return randomBytes(32).toString("base64");
}
