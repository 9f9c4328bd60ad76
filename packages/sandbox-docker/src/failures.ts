import {
  type ProcessExit,
  SandboxError,
  type SandboxErrorCode,
  type SandboxErrorDetails,
} from "@nanoclaw/sandbox/adapter";

/** What an engine answers instead of doing as asked. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

interface Reading {
  readonly pattern: RegExp;
  readonly code: SandboxErrorCode;
  readonly hint?: string;
}

const missingInit = /container-init binary not found|docker-init.*(not found|no such file)|catatonit/i;

/** What Docker and Podman say, in their own words. The first that matches counts. */
const readings: readonly Reading[] = [
  {
    pattern: /pull access denied|unauthorized|authentication required|denied: requested access/i,
    code: "image_not_found",
    hint: "Check the image's name. If it is private, run `docker login` first or pass docker({ auth }).",
  },
  {
    pattern: /could not find the file|^no such file or directory/i,
    code: "file_not_found",
  },
  {
    pattern: /extraction point is not a directory|exists but is not a directory/i,
    code: "file_failed",
  },
  {
    pattern:
      /no matching manifest|does not match the specified platform|does not provide the specified platform/i,
    code: "image_not_found",
    hint: "The image does not exist for this platform. Choose another with docker({ platform }).",
  },
  {
    pattern: /no such image|image not known|manifest unknown|manifest for .* not found/i,
    code: "image_not_found",
  },
  { pattern: /no such container|no container with name or id/i, code: "sandbox_not_found" },
  {
    pattern:
      /is not running|container state improper|no such exec|no such exec session|is paused|is restarting/i,
    code: "sandbox_lost",
  },
  { pattern: /name .* is already in use/i, code: "already_exists" },
  {
    pattern: /unable to find (user|group)|no matching entries in (passwd|group) file/i,
    code: "invalid_argument",
    hint: "Name a user of the image, or a number such as 1000 or 1000:1000.",
  },
  {
    pattern: /invalid reference format|invalid repository name|repository name must be lowercase/i,
    code: "invalid_argument",
    hint: "Write an image as name:tag, in lower case.",
  },
  {
    pattern: /cannot mkdir: .* is not a directory|workdir ".*" exists .* not a directory|chdir to cwd/i,
    code: "invalid_argument",
    hint: "Name a directory of the image as working directory.",
  },
  {
    pattern: /mounts denied|is not shared from the host/i,
    code: "invalid_argument",
    hint: "Share the directory in the settings of the engine's virtual machine.",
  },
  {
    pattern:
      /bind source path does not exist|invalid mount config|error mounting|error during mount|statfs .*: no such file/i,
    code: "invalid_argument",
    hint: "A directory can be mounted onto a directory only, a file onto a file.",
  },
  {
    pattern: /range of cpus|minimum memory limit|unable to set memory limit/i,
    code: "invalid_argument",
    hint: "Choose a limit within what the engine and the host allow.",
  },
  {
    pattern: /storage-opt|pquota/i,
    code: "unsupported",
    hint: "diskGiB needs overlay2 on xfs mounted with pquota, or btrfs or zfs. Leave it out.",
  },
  {
    pattern: /unknown runtime|unknown or invalid runtime|runtime .* not found|invalid runtime name/i,
    code: "unsupported",
    hint: "`sandbox doctor` lists the runtimes that the engine has.",
  },
  {
    pattern: missingInit,
    code: "unsupported",
    hint: "Install the engine's init (tini for Docker, catatonit for Podman) or use docker({ init: false }).",
  },
  {
    pattern: /unknown capability|invalid cap(add|drop)/i,
    code: "invalid_argument",
    hint: "Name capabilities as in capabilities(7), such as NET_RAW.",
  },
  {
    pattern: /exec: ".*": .*(executable file not found|no such file or directory)/i,
    code: "unsupported",
    hint: "The image has no shell there. Say where it is with docker({ shell }).",
  },
  {
    pattern:
      /no space left on device|disk quota exceeded|cannot allocate memory|resource temporarily unavailable|too many open files|address pools|port is already allocated|no available .* in (network|pool)/i,
    code: "resource_exhausted",
  },
];

/** An engine's refusal as an error. Anything that has no reading is an `adapter_fault`, a 4xx apart. */
export function refused(refusal: Refusal, details: SandboxErrorDetails = {}): SandboxError {
  const message = refusal.message.trim();
  const reading = readings.find(({ pattern }) => pattern.test(message));
  const code = reading?.code ?? codeOfStatus(refusal.status);
  const hint = details.hint ?? reading?.hint;
  return new SandboxError(code, `The engine refused: ${message}`, {
    ...details,
    cause: details.cause ?? refusal,
    ...(hint === undefined ? {} : { hint }),
  });
}

function codeOfStatus(status: number): SandboxErrorCode {
  if (status === 400) return "invalid_argument";
  if (status === 401 || status === 403) return "permission_denied";
  if (status === 502 || status === 503) return "engine_unavailable";
  return "adapter_fault";
}

/** No answer came: the engine is not there, not reachable or went away. */
export function unreachable(error: NodeJS.ErrnoException, endpoint: string): SandboxError {
  switch (error.code) {
    case "EACCES":
    case "EPERM":
      return new SandboxError("permission_denied", `This user may not use the engine at ${endpoint}.`, {
        cause: error,
        hint: "Add yourself to the group that owns the socket (sudo usermod -aG docker $USER) and log in again.",
      });
    case "ENOENT":
    case "ECONNREFUSED":
      return new SandboxError("engine_unavailable", `No engine is running at ${endpoint}.`, {
        cause: error,
        hint: "Start it (systemctl start docker, podman system service, or the desktop application), or name another with docker({ host }).",
      });
    case "ECONNRESET":
    case "EPIPE":
      return new SandboxError("engine_unavailable", `The engine at ${endpoint} closed the connection.`, {
        cause: error,
        hint: "Look whether it was stopped or restarted.",
      });
    default:
      return new SandboxError(
        "engine_unavailable",
        `The engine at ${endpoint} cannot be reached: ${error.message}`,
        { cause: error, hint: "Check the address, and DOCKER_CERT_PATH if the engine wants TLS." },
      );
  }
}

const exhausted = /no space left|disk quota exceeded/i;

/** A pull that failed. Without the image nothing can be made, whatever the registry's reason. */
export function pullFailed(image: string, message: string): SandboxError {
  const reading = readings.find(({ pattern }) => pattern.test(message));
  const code = exhausted.test(message) ? "resource_exhausted" : "image_not_found";
  return new SandboxError(code, `The image ${image} could not be pulled: ${message.trim()}`, {
    hint: reading?.hint ?? "Check the image's name and the way to its registry, or load it into the engine.",
  });
}

/**
 * How a command ended that the engine never started: 127 where there is no such program and 126 where it is
 * none, as in a shell. An unknown user or directory is an error. Undefined when the text tells of no such thing.
 */
export function neverStarted(text: string): ProcessExit | SandboxError | undefined {
  if (!startFailure.test(text)) return undefined;
  if (/chdir to cwd|unable to find (user|group)|no matching entries/i.test(text)) {
    return refused({ status: 400, message: text });
  }
  if (/executable file not found|no such file or directory|was not found/i.test(text)) {
    return { exitCode: 127, signal: null };
  }
  if (/permission denied|exec format error|is a directory/i.test(text)) {
    return { exitCode: 126, signal: null };
  }
  return refused({ status: 500, message: text });
}

const startFailure =
  /^(OCI runtime exec failed|cannot exec in a|task \w+ not found|unable to find (user|group)|Error: (runc|crun|runsc|OCI)\b|Error: read unixpacket)/;

/** Whether output may be the word of the engine, or of its init, that the command could not be started. */
export function mayTellStartFailure(text: string): boolean {
  return startFailure.test(text) || initFailure.test(text);
}

/** tini writes its name and its words apart, so the first may be all that has come. */
const initFailure = /^(\[FATAL tini \(\d+\)\] (exec |$)|ERROR \(catatonit:\d+\): failed to exec)/;

/** Whether the container's init says that the image lacks what it was to run: the main shell. */
export function tellsMissingShell(stderr: string): boolean {
  return initFailure.test(stderr) && stderr.includes(": No such file or directory");
}

/** Whether the engine refused because it has no init to run as process 1. */
export function tellsMissingInit(error: unknown): boolean {
  return SandboxError.is(error, "unsupported") && missingInit.test(error.message);
}

/**
 * A limit that the engine says it will not keep, though it made the container. Undefined where its warnings
 * are about other things.
 */
export function discardedLimit(warnings: readonly string[]): SandboxError | undefined {
  const warning = warnings.find((text) =>
    /kernel does not support|limited without swap|limit discarded/i.test(text),
  );
  if (warning === undefined) return undefined;
  return new SandboxError("unsupported", `The engine would not keep a limit: ${warning.trim()}`, {
    hint: /swap/i.test(warning)
      ? "Boot the engine's host with swapaccount=1 or without swap, or leave memoryMiB out."
      : "Leave the limit out, or use an engine whose host has the cgroup controller for it.",
  });
}
