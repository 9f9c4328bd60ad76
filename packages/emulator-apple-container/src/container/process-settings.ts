import { capabilityNumbers } from "./capabilities.js";
import type { ContainerConfiguration, ProcessConfiguration } from "./configuration.js";
import type { HelperSettings } from "./settings-text.js";

/** A limit that the kernel takes for none. */
const UNLIMITED = 18446744073709551615n;

/** What `guest/process.pl` is told of a process; capabilities are the container's. */
export function processSettings(
  process: ProcessConfiguration,
  { capAdd, capDrop }: Pick<ContainerConfiguration, "capAdd" | "capDrop">,
): HelperSettings {
  const user =
    "id" in process.user ? `${process.user.id.uid}:${process.user.id.gid}` : process.user.raw.userString;
  return {
    argument: [process.executable, ...process.arguments],
    environment: process.environment,
    directory: process.workingDirectory,
    terminal: process.terminal,
    user: user === "" ? "0" : user,
    group: process.supplementalGroups,
    limit: process.rlimits.map(({ limit, soft, hard }) => {
      return `${limit.replace(/^RLIMIT_/, "")} ${limitValue(soft)} ${limitValue(hard)}`;
    }),
    capability: capabilityNumbers(capAdd, capDrop),
  };
}

/** JSON has no number that is exact for "unlimited". */
function limitValue(value: number): bigint {
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? UNLIMITED : BigInt(value);
}
