import type { ContainerConfiguration } from "../container/configuration.js";
import { ContainerFailure } from "../failures.js";
import { requireMinimumMemory } from "../options/memory.js";
import type { ManagedContainer } from "./managed-container.js";

const RUNTIME = "container-runtime-linux";

/** What the service itself refuses, whoever asks (apple-container.md §4.1 step 9, §4.6). */
export function refuseConfiguration(
  configuration: ContainerConfiguration,
  others: readonly ManagedContainer[],
): void {
  const { id, networks, resources, runtimeHandler } = configuration;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(id)) {
    throw new ContainerFailure("invalidArgument", `container ID ${id} is not a valid container ID`);
  }
  if (runtimeHandler !== RUNTIME) {
    throw new ContainerFailure("notFound", `unable to locate runtime plugin ${runtimeHandler}`);
  }
  requireMinimumMemory(resources.memoryInBytes);
  if (others.some((other) => other.id === id)) {
    throw new ContainerFailure("exists", `container already exists: ${id}`);
  }
  const taken = new Set(others.flatMap((other) => hostnames(other.configuration)));
  const clashing = hostnames({ networks }).filter((name) => taken.has(name));
  if (clashing.length > 0) {
    throw new ContainerFailure(
      "exists",
      `hostname(s) already exist: [${clashing.map((name) => `"${name}"`).join(", ")}]`,
    );
  }
}

function hostnames({ networks }: Pick<ContainerConfiguration, "networks">): string[] {
  return networks.map(({ options }) => options.hostname);
}
