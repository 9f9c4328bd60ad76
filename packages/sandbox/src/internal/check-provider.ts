import { SandboxError } from "../contract/error.js";
import type { SandboxProvider } from "../contract/provider.js";
import { refuse } from "./check.js";

/** Tells a provider from what people pass by mistake, such as the factory itself. */
export function checkProvider(provider: SandboxProvider): void {
  if (typeof provider === "function") {
    refuse("The provider is a function.", "Call the adapter's factory: createSandbox(docker(), …).");
  }
  if (typeof provider !== "object" || provider === null || typeof provider.create !== "function") {
    refuse(
      "The first argument is not a provider.",
      "Pass what an adapter's factory returns, such as docker().",
    );
  }
  if (!provider.name || !provider.capabilities) {
    throw new SandboxError("adapter_fault", "The provider has no name or capabilities.");
  }
}
