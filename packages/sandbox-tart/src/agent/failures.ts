import { status as codes, type StatusObject } from "@grpc/grpc-js";
import { SandboxError } from "@nanoclaw/sandbox/adapter";

/** What the end of a call to the guest agent means, unless it is OK. */
export function callFailure({ code, details }: Pick<StatusObject, "code" | "details">): SandboxError {
  const cause = new Error(`${codes[code] ?? code}: ${details}`);
  // An agent up to 0.11 tells so that it could not start a program, in the words of its language.
  if (
    code === codes.UNKNOWN &&
    /resource temporarily unavailable|cannot allocate memory|too many open files/.test(details)
  ) {
    return new SandboxError("resource_exhausted", "The sandbox could not start another process.", {
      cause,
      hint: "End what runs in the sandbox.",
    });
  }
  if (code === codes.UNKNOWN && /"sudo".*not found/.test(details)) {
    return new SandboxError("unsupported", "The image has no sudo, so commands have its user only.", {
      cause,
    });
  }
  if (code === codes.UNKNOWN && /exec/.test(details)) {
    return new SandboxError("adapter_fault", `The guest agent could not start a shell: ${details}`, {
      cause,
    });
  }
  if (code === codes.UNIMPLEMENTED) {
    return new SandboxError("unsupported", "The guest agent of this image does not run commands.", {
      cause,
      hint: "Update the Tart Guest Agent in the image to 0.4.0 or later, or use SSH.",
    });
  }
  return new SandboxError("sandbox_lost", "The connection to the guest agent broke during the call.", {
    cause,
  });
}

/** The connection is gone and does not come back. */
export function agentGone(): SandboxError {
  return new SandboxError("sandbox_lost", "The guest agent does not answer any more.", {
    hint: "Where the virtual machine still runs, Tart may have closed its control socket for good (Tart issue 1346): SSH or a new sandbox helps.",
  });
}
