import { SandboxError } from "@nanoclaw/sandbox";
import type { Runtime } from "../runtime.js";

/** A failure for want of an image that nobody named for this run alone, with what makes base images. */
export function missingImage(error: unknown, runtime: Runtime, image: string | undefined): unknown {
  if (!SandboxError.is(error, "image_not_found") || runtime === "local") return error;
  const { code, message, operation, sandboxId, retryable, result, hint } = error;
  const name = image === undefined ? "" : ` --image ${image}`;
  const way = `For one with the agents' programs: nanoclaw-sandbox prepare --engine ${runtime}${name}`;
  return new SandboxError(code, message, {
    ...{ cause: error, operation, sandboxId, retryable, result },
    hint: hint === undefined ? way : `${hint} ${way}`,
  });
}
