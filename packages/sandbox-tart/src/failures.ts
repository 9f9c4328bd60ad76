import { SandboxError, type SandboxErrorCode } from "@nanoclaw/sandbox/adapter";

/** How a call of `tart` ended that did not do as asked. */
export interface Refusal {
  /** The sub-command. */
  readonly command: string;
  readonly exitCode: number | undefined;
  /** By which signal it ended, if it was one. */
  readonly signal?: string;
  /** What it said, on both streams. */
  readonly text: string;
}

interface Reading {
  readonly pattern: RegExp;
  readonly code: SandboxErrorCode;
  readonly hint?: string;
}

const shells =
  "Run it from a session of the logged-in user, and unlock the keychain there: security unlock-keychain";

/** What Tart and the frameworks below it say, in their own words. The first that matches counts. */
const readings: readonly Reading[] = [
  {
    pattern: /dyld|libswiftCompatibilitySpan/,
    code: "engine_unavailable",
    hint: "This release does not start on this macOS (openai/tart#1302). Use Tart 2.34.0, or update macOS.",
  },
  {
    pattern: /tart: (command )?not found|tart: No such file or directory/,
    code: "engine_unavailable",
    hint: "Install it: brew install openai/tools/tart",
  },
  {
    pattern: /TART_HOME is invalid/,
    code: "engine_unavailable",
    hint: "Make the directory writable, or name another with tart({ home }).",
  },
  {
    pattern: /Unknown option '/,
    code: "engine_unavailable",
    hint: "This Tart is too old for what was asked. Update it: brew upgrade openai/tools/tart",
  },
  { pattern: /-25308|errSecInteractionNotAllowed/, code: "permission_denied", hint: shells },
  {
    pattern:
      /number of VMs exceeds the system limit|maximum supported number of active virtual machines|VZErrorDomain Code=6\b/,
    code: "resource_exhausted",
    hint: "macOS lets two macOS guests run at a time. End one of them. If none runs, look for those of other programs, or restart the host.",
  },
  {
    pattern:
      /no space left|out of space|not enough (disk )?space|disk is full|NSCocoaErrorDomain Code=640|ENOSPC/i,
    code: "resource_exhausted",
    hint: "Free disk space: `tart prune --older-than 7` drops images that were not used for a week.",
  },
  {
    pattern: /seems to be already in use, unmount it first in Finder/,
    code: "resource_exhausted",
    hint: "The disk is mounted on the host. Eject it in Finder.",
  },
  {
    pattern: /new disk size of .* should be larger/,
    code: "invalid_argument",
    hint: "A disk can only grow. Ask for more limits.diskGiB than the image has, or leave it out.",
  },
  {
    pattern: /LessThanMinimalResourcesError/,
    code: "invalid_argument",
    hint: "The image needs more than that. Raise limits.cpuCount or limits.memoryMiB.",
  },
  {
    pattern: /Failed to lock auxiliary storage/,
    code: "resource_exhausted",
    hint: "Another process still runs this virtual machine. Wait for it to end, or end it: tart stop NAME",
  },
  {
    pattern: /directory sharing device configuration is invalid/,
    code: "invalid_argument",
    hint: "A directory that was to be mounted is no longer there.",
  },
  {
    pattern: /softnet not found in PATH/i,
    code: "unsupported",
    hint: "Install Softnet: brew install openai/tools/softnet",
  },
  {
    pattern: /root privileges|passwordless sudo/i,
    code: "permission_denied",
    hint: 'Let Softnet run as root: sudo chown root "$(command -v softnet)" && sudo chmod u+s "$(command -v softnet)"',
  },
  {
    pattern: /Softnet (process terminated prematurely|failed)/i,
    code: "sandbox_lost",
    hint: "The network helper of the virtual machine ended, and Tart with it (openai/tart#268).",
  },
  {
    pattern: /VZErrorDomain Code=12\b/,
    code: "adapter_fault",
    hint: "The saved state of the image cannot be restored on this host. Drop it: tart stop IMAGE",
  },
  {
    pattern: /invalid credentials|unauthorized|authentication|forbidden|\b40[13]\b/i,
    code: "image_not_found",
    hint: "Check the image's name. If it is private, set TART_REGISTRY_USERNAME and TART_REGISTRY_PASSWORD, or run: tart login",
  },
  {
    pattern: /failed to parse remote name|improperly formatted host/,
    code: "invalid_argument",
    hint: "Write an image as host/name:tag, or name a local virtual machine.",
  },
  {
    pattern: /VM is missing (some of its files|files for a supported layout)/,
    code: "adapter_fault",
    hint: "The virtual machine's directory is not whole. Make it again from its image.",
  },
  { pattern: /the specified VM ".*" does not exist/, code: "sandbox_not_found" },
  {
    pattern: /is already running!/,
    code: "already_exists",
    hint: "Another process runs this virtual machine. Wait for it to end, or end it: tart stop NAME",
  },
  { pattern: /VM ".*" is not running/, code: "sandbox_lost" },
  {
    pattern: /VZErrorDomain Code=1\b/,
    code: "resource_exhausted",
    hint: "The virtual machine could not start. Check the host's free memory and disk, and try again.",
  },
];

/** Why `tart` did not do as asked. What has no reading is an `adapter_fault` with its words in it. */
export function tartFailure(refusal: Refusal): SandboxError {
  const { command, exitCode, signal } = refusal;
  const text = refusal.text.trim();
  const reading = readings.find(({ pattern }) => pattern.test(text));
  const end = signal === undefined ? `with ${exitCode}` : `by ${signal}`;
  return new SandboxError(
    reading?.code ?? "adapter_fault",
    `tart ${command} ended ${end}: ${text === "" ? "it said nothing." : text}`,
    { cause: refusal, ...(reading?.hint === undefined ? {} : { hint: reading.hint }) },
  );
}

/** No image, no sandbox, whatever the reason: but for a full disk, a keychain and the like, it is not to be had. */
export function imageFailure(image: string, failure: SandboxError): SandboxError {
  const own: readonly SandboxErrorCode[] = [
    "resource_exhausted",
    "permission_denied",
    "engine_unavailable",
    "timeout",
    "aborted",
  ];
  const code = own.includes(failure.code) ? failure.code : "image_not_found";
  return new SandboxError(code, `The image ${image} cannot be had. ${failure.message}`, {
    cause: failure,
    hint:
      failure.hint ??
      "Check the image's name and the way to its registry, or name a local virtual machine of `tart list`.",
  });
}

/** The start failed for a reason that a second try does away with. */
export const startRemedies = {
  /** Another process still has it, or is about to end (openai/tart#967, #865). */
  again: /Failed to lock auxiliary storage|is already running!/,
  /** A saved state that this host cannot restore: without it the guest boots afresh. */
  withoutState: /VZErrorDomain Code=12\b/,
} as const;

/** `list` fails as a whole when a machine vanishes meanwhile (openai/tart#1353), or has an ASIF disk (#1344). */
export function isListRace(text: string): boolean {
  return (
    text.includes("because there is no such file") ||
    (text.includes("image info") && text.includes("Resource temporarily unavailable"))
  );
}

/** A pull that nothing but the user can mend. Any other is tried again. */
export function isFinalPullFailure(failure: SandboxError): boolean {
  return (
    failure.code !== "adapter_fault" ||
    /\b404\b|not (be )?found|manifest unknown|could not connect|connection refused/i.test(failure.message)
  );
}
