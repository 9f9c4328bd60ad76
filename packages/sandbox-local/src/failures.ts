import { SandboxError } from "@nanoclaw/sandbox/adapter";

/** What of the host bears on bubblewrap's messages. */
export interface HostFacts {
  /** Ubuntu's restriction of user namespaces by AppArmor. */
  readonly appArmorRestricts: boolean;
}

interface Rule {
  readonly pattern: RegExp;
  readonly failure: (match: RegExpExecArray, facts: HostFacts) => SandboxError;
}

/** Bubblewrap's own profile allows user namespaces to it, and not to everybody. */
const appArmorFix =
  "Run: sudo apt-get install -y apparmor-profiles && sudo install -m 0644 " +
  "/usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && " +
  "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict";

const appArmor = unavailable(
  "AppArmor denies user namespaces to bubblewrap, as Ubuntu's restriction of them does.",
  appArmorFix,
);
const noUserNamespaces = unavailable(
  "The kernel gives no user namespaces to this user.",
  "Run: sudo sysctl -w kernel.unprivileged_userns_clone=1. In a container, start it with " +
    "--security-opt seccomp=unconfined.",
);

/** In order: the first that fits explains a failure. */
const rules: readonly Rule[] = [
  { pattern: /setting up uid map: Permission denied/, failure: () => appArmor() },
  {
    pattern:
      /loopback: Failed RTM_NEWADDR: Operation not permitted|Failed to make \/ slave: Permission denied/,
    failure: (_, { appArmorRestricts }) => (appArmorRestricts ? appArmor() : noUserNamespaces()),
  },
  {
    pattern: /No permissions to creat(?:e|ing) (?:a )?new namespace/,
    failure: (_, { appArmorRestricts }) => (appArmorRestricts ? appArmor() : noUserNamespaces()),
  },
  {
    pattern: /max_\*_namespaces exceeded|unshare user ns: No space left on device/,
    failure: unavailable(
      "The kernel's limit of user namespaces is reached, or set to none.",
      "Run: sudo sysctl -w user.max_user_namespaces=15000",
    ),
  },
  {
    pattern: /kernel does not support user namespaces/,
    failure: unavailable(
      "The kernel has no user namespaces.",
      "Use a kernel with CONFIG_USER_NS, or docker().",
    ),
  },
  {
    pattern: /Can't mount proc on .*: Operation not permitted/,
    failure: unavailable(
      "The kernel gives no /proc to the sandbox, as parts of this container's own are masked.",
      "Start the container with --security-opt systempaths=unconfined (Podman: unmask=ALL), or use docker().",
    ),
  },
  {
    pattern: /Unknown option (--\S+)/,
    failure: ([, option]) =>
      unavailable(`This bubblewrap is too old: it has no ${option}.`, "Install 0.8.0 or later.")(),
  },
  {
    pattern: /Can't (?:find source path|bind mount|chdir to|mkdir|create file at) .*|execvp .*/,
    failure: ([what]) =>
      new SandboxError("invalid_argument", `Bubblewrap could not lay out the guest: ${what}.`, {
        hint: "Look at mounts, workdir and readOnlyPaths. The guest needs /bin/sh.",
      }),
  },
  {
    pattern:
      /(?:clone|fork|[Cc]reating new namespace).*: (?:Resource temporarily unavailable|Cannot allocate memory)/,
    failure: ([what]) =>
      new SandboxError("resource_exhausted", `The host is out of processes or memory: ${what}.`),
  },
];

/** What bubblewrap's message, or its silence, means. */
export function bubblewrapFailure(message: string, facts: HostFacts): SandboxError {
  for (const { pattern, failure } of rules) {
    const match = pattern.exec(message);
    if (match) return withCause(failure(match, facts), message);
  }
  return withCause(
    new SandboxError("adapter_fault", "Bubblewrap ended before the sandbox was there."),
    message,
  );
}

/** Bubblewrap could not be started at all. */
export function startFailure(error: NodeJS.ErrnoException): SandboxError {
  const code =
    error.code === "EAGAIN" || error.code === "ENOMEM" ? "resource_exhausted" : "engine_unavailable";
  return new SandboxError(code, `Bubblewrap could not be started: ${error.message}.`, { cause: error });
}

function unavailable(message: string, hint: string): () => SandboxError {
  return () => new SandboxError("engine_unavailable", message, { hint, retryable: false });
}

function withCause(error: SandboxError, message: string): SandboxError {
  return message === "" ? error : error.with({ cause: new Error(message) });
}
