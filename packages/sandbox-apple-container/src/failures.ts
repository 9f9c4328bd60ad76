import { SandboxError, type SandboxErrorCode } from "@nanoclaw/sandbox/adapter";

/** How a call of `container` ended that did not do as asked. */
export interface Refusal {
  /** The sub-command. */
  readonly command: string;
  readonly exitCode: number | undefined;
  /** What it said on standard error. */
  readonly text: string;
}

interface Reading {
  readonly pattern: RegExp;
  readonly code: SandboxErrorCode;
  readonly hint?: string;
  readonly retryable?: boolean;
}

/** The one command that brings the service up without a question on standard input (apple-container.md §3.1). */
export const startServiceCommand = "container system start --enable-kernel-install";

const restartService = "container system stop && container system start";

/**
 * What the command line, the service and the frameworks below it say: parts of their texts that stay the same from
 * release to release (§2.4). The first that matches counts.
 */
const readings: readonly Reading[] = [
  {
    pattern: /Rosetta Translation/,
    code: "engine_unavailable",
    hint: "This Node is for Intel, and so is what it starts. Install Node for arm64.",
    retryable: false,
  },
  {
    pattern: /-25308|errSecInteractionNotAllowed|User interaction is not allowed/,
    code: "permission_denied",
    hint: "The keychain is locked here. Unlock it: security unlock-keychain. Or bring the image as a file: container image load",
  },
  {
    pattern: /XPC connection error|Connection (invalid|interrupted)|Plugins are unavailable/,
    code: "engine_unavailable",
    hint: `Start its service: ${startServiceCommand}`,
  },
  {
    pattern: /XPC timeout for request/,
    code: "engine_unavailable",
    hint: `Its service is busy or stuck. If it stays so: ${restartService}`,
  },
  {
    pattern: /[Dd]efault kernel (is )?not (configured|found)|No default kernel/,
    code: "engine_unavailable",
    hint: "Install a kernel for its virtual machines: container system kernel set --recommended",
    retryable: false,
  },
  {
    pattern: /Unknown option|Plugin 'container-.*' not found/,
    code: "engine_unavailable",
    hint: "This `container` does not know what it was asked. Use release 1.0 or later.",
    retryable: false,
  },
  {
    pattern: /container with id \S+ already exists|container already exists: |hostname\(s\) already exist/,
    code: "already_exists",
  },
  {
    pattern:
      /container with ID \S+ not found|get failed: container \S+ not found|container not found: |no such container: /,
    code: "sandbox_not_found",
  },
  {
    pattern: /container \S+ is not running|no runtime client exists: container is stopped/,
    code: "sandbox_lost",
  },
  {
    pattern: /failed to find target executable/,
    code: "unsupported",
    hint: "The image has no such program. If its shell is elsewhere: appleContainer({ shell })",
  },
  {
    pattern: /unsupported platform/,
    code: "image_not_found",
    hint: "The image is not made for this platform. Choose another one: appleContainer({ platform })",
  },
  {
    pattern: /minimum memory amount allowed/,
    code: "invalid_argument",
    hint: "Ask for at least limits.memoryMiB: 200.",
  },
  {
    pattern: /mount source path '.*' does not exist|path '.*' (does not exist|is not a directory)/,
    code: "invalid_argument",
    hint: "A directory that was to be mounted is no longer there.",
  },
  {
    pattern:
      /no(Passwd|Group)Entries|(user|group|uid|gid)\b.*\b(not found|does not exist|unknown)|(unable to find|no such|unknown) (user|group)/i,
    code: "invalid_argument",
    hint: "The image has no such user. Numbers need not be known to it.",
  },
  {
    pattern: /failed to (create|change to|change) directory|working ?dir(ectory)?|workdir|chdir/i,
    code: "invalid_argument",
    hint: "The user may not make the working directory. Choose one that is there, or one below /tmp.",
  },
  {
    pattern: /non-default network configuration requires macOS 26/,
    code: "unsupported",
    hint: "Update to macOS 26, or leave out network.",
    retryable: false,
  },
  {
    pattern:
      /image not found: |manifest unknown|name unknown|\b40[134]\b|unauthorized|authentication required/i,
    code: "image_not_found",
    hint: "Check the image's name. If it is private: container registry login",
  },
  {
    pattern: /no space left|not enough (disk )?space|disk is full|NSCocoaErrorDomain Code=640/i,
    code: "resource_exhausted",
    hint: "Free disk space: container prune; container image prune --all",
  },
  {
    pattern: /CancellationError/,
    code: "sandbox_lost",
    hint: "Output must be read: the engine gives up what waits for more than three seconds after the end.",
  },
  {
    pattern: /deleteProcess: exec .* does not exist|Resource busy/,
    code: "cleanup_failed",
  },
  {
    pattern: /vmnet|VZErrorDomain|storage device attachment is invalid/,
    code: "resource_exhausted",
    hint: "The virtual machine could not be made. Look at the host's free memory and its other virtual machines.",
  },
];

/** Why `container` did not do as asked. What has no reading is an `adapter_fault` with its words in it. */
export function containerFailure(refusal: Refusal): SandboxError {
  const { command, exitCode } = refusal;
  const text = refusal.text.trim();
  const reading = readings.find(({ pattern }) => pattern.test(text));
  const said = text === "" ? "it said nothing." : text.replace(/^Error: /, "");
  return new SandboxError(
    reading?.code ?? "adapter_fault",
    `container ${command} ended with ${exitCode}: ${said}`,
    {
      cause: refusal,
      ...(reading?.hint === undefined ? {} : { hint: reading.hint }),
      ...(reading?.retryable === undefined ? {} : { retryable: reading.retryable }),
    },
  );
}

/** What `container` said when it failed; nothing for any other error. */
export function wordsOf(error: unknown): string {
  if (!SandboxError.is(error)) return "";
  return (error.cause as Partial<Refusal> | undefined)?.text ?? "";
}

/** Whether the engine has answered at all, if only that it did not do as asked. */
export function isAnswer(error: unknown): boolean {
  return SandboxError.is(error) && (error.cause as Partial<Refusal> | undefined)?.exitCode !== undefined;
}

/** Whether the service was too busy to answer in time: some of its inner calls have one second (§7.2). */
export function isBusy(error: unknown): boolean {
  return /XPC timeout for request/.test(wordsOf(error));
}

/** The service went away during the call, or a moment before. It is started again when it is asked next (§11.1, I#2286). */
export function isInterrupted(error: unknown): boolean {
  return /interrupted: "XPC connection error|Connection interrupted/.test(wordsOf(error));
}

/**
 * Why a process ended that had started, by what the client adds to its standard error. Undefined when the code is
 * the process's own. 255 is what the client says when the service never told it (§2.3).
 */
export function lostProcess(exitCode: number, tail: string): SandboxError | undefined {
  // What the process itself said last need not have ended its line; a main shell ends its messages with NUL.
  const told = /(?:^|[\n\0])(Error: [\s\S]*(?:CancellationError|XPC|Connection in)[\s\S]*)$/.exec(tail)?.[1];
  if (exitCode !== 255 && !(exitCode === 1 && told)) return undefined;
  const cause: Refusal = { command: "exec", exitCode, text: told?.trim() ?? "" };
  if (told?.includes("CancellationError")) {
    return new SandboxError("sandbox_lost", "The engine gave up output that nobody had read in time.", {
      cause,
      hint: "Read the output of a process as it comes: what waits three seconds after its end is lost.",
      retryable: false,
    });
  }
  return new SandboxError("sandbox_lost", "The engine did not tell how the process ended.", { cause });
}

/** No image, no sandbox: but for a service that is down, a full disk and the like, it is not to be had. */
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
    hint: failure.hint ?? "Check the image's name and the way to its registry.",
  });
}
