import type { Parsed } from "@nanoclaw/emulator-base";
import type { Context } from "../context.js";
import { timedOut } from "../failures.js";
import { isoDate } from "../output/print.js";
import { faultStrikes } from "../state/faults.js";
import type { Image, ImageVariant } from "../state/images.js";
import { findNetwork } from "../state/networks.js";
import { isAtLeast } from "../state/settings.js";
import { capabilitiesOf } from "./capabilities.js";
import { commandLineOf } from "./command-line.js";
import { environmentOf } from "./environment.js";
import { guardedPathsOf } from "./guarded-paths.js";
import { labelsOf } from "./labels.js";
import { bytesOf, wholeMebibytes } from "./memory.js";
import { mountsOf, tmpfsOf } from "./mounts.js";
import { networksOf } from "./networks.js";
import { publishedPortsOf } from "./ports.js";
import { resolveMounts } from "./resolved-mounts.js";
import { publishedSocketsOf } from "./sockets.js";
import { rlimitsOf } from "./ulimits.js";
import { userOf } from "./user.js";
import { volumesOf } from "./volumes.js";

const DEFAULT_CPUS = 4;
const DEFAULT_MEMORY_BYTES = 2 ** 30;

/** What a container is made from besides the options. */
export interface ContainerOrigin {
  /** By `containerIdOf`. */
  readonly id: string;
  readonly image: Image;
  readonly variant: ImageVariant;
}

/**
 * What the options of `run` and `create` come to (apple-container.md §6.1), looked at in the order of step 8 of §4.1. Makes
 * the volumes that are asked for on the way; they stay when something after that is refused.
 */
export function containerConfigurationOf(parsed: Parsed, context: Context, origin: ContainerOrigin) {
  const { id, image, variant } = origin;
  const initProcess = initProcessOf(parsed, context, variant);
  const resources = {
    cpus: parsed.optionalNumber("cpus") ?? DEFAULT_CPUS,
    memoryInBytes: memoryOf(parsed),
    cpuOverhead: 1,
  };
  const shmText = parsed.optionalText("shm-size");
  const shmSize = shmText === undefined ? undefined : bytesOf(shmText);
  const mounts = resolveMounts(context.home, [
    ...tmpfsOf(parsed.texts("tmpfs"), isAtLeast(context.settings, "1.3.0")),
    ...volumesOf(parsed.texts("volume"), process.cwd()),
    ...mountsOf(parsed.texts("mount"), process.cwd()),
  ]);
  const networks = networksOf(parsed.texts("network"), {
    containerId: id,
    hostMacOS: context.settings.hostMacOS,
    exists: (network) => networkExists(context, network),
  });
  const labels = labelsOf(parsed.texts("label"));
  const publishedPorts = publishedPortsOf(parsed.texts("publish"));
  const publishedSockets = publishedSocketsOf(parsed.texts("publish-socket"), process.cwd());
  const [capAdd, capDrop] = [
    capabilitiesOf(parsed.texts("cap-add")),
    capabilitiesOf(parsed.texts("cap-drop")),
  ];
  const maskedPaths = guardedPathsOf("masked-path", parsed.texts("masked-path"));
  const readonlyPaths = guardedPathsOf("read-only-path", parsed.texts("read-only-path"));
  const { StopSignal: stopSignal } = variant.config;
  return {
    id,
    image: { reference: image.reference, descriptor: image.descriptor },
    initProcess,
    labels,
    mounts,
    networks,
    ...(!parsed.flag("no-dns") && { dns: dnsOf(parsed) }),
    publishedPorts,
    publishedSockets,
    platform: variant.platform,
    resources,
    rosetta: parsed.flag("rosetta") || variant.platform.architecture === "amd64",
    virtualization: parsed.flag("virtualization"),
    ssh: parsed.flag("ssh"),
    readOnly: parsed.flag("read-only"),
    useInit: parsed.flag("init"),
    capAdd,
    capDrop,
    sysctls: {},
    runtimeHandler: parsed.optionalText("runtime") ?? "container-runtime-linux",
    ...(shmSize !== undefined && { shmSize }),
    ...(stopSignal !== undefined && { stopSignal }),
    ...(maskedPaths && { maskedPaths }),
    ...(readonlyPaths && { readonlyPaths }),
    creationDate: isoDate(new Date()),
  };
}

/** The first process of a container (apple-container.md §4.2, §4.5). */
function initProcessOf(parsed: Parsed, { environment, settings }: Context, { config }: ImageVariant) {
  const standard = config.User ? { raw: { userString: config.User } } : { id: { uid: 0, gid: 0 } };
  const variables = environmentOf({
    image: (config.Env ?? []).filter((entry) => entry.includes("=") || !isAtLeast(settings, "1.2.0")),
    files: parsed.texts("env-file"),
    variables: parsed.texts("env"),
    own: environment,
  });
  return {
    ...commandLineOf(config, parsed.optionalText("entrypoint"), parsed.texts("arguments")),
    environment: variables,
    workingDirectory: parsed.optionalText("workdir") ?? (config.WorkingDir || "/"),
    terminal: parsed.flag("tty"),
    ...userOf(parsed, standard),
    rlimits: rlimitsOf(parsed.texts("ulimit")),
  };
}

function memoryOf(parsed: Parsed): number {
  const text = parsed.optionalText("memory");
  return text === undefined ? DEFAULT_MEMORY_BYTES : wholeMebibytes(text);
}

function dnsOf(parsed: Parsed) {
  const domain = parsed.optionalText("dns-domain");
  return {
    nameservers: parsed.texts("dns"),
    ...(domain !== undefined && { domain }),
    searchDomains: parsed.texts("dns-search"),
    options: parsed.texts("dns-option"),
  };
}

/** The list has only a second's time (apple-container.md §7.2). */
function networkExists({ home, settings }: Context, name: string): boolean {
  if (faultStrikes(home, settings, "network-list")) throw timedOut("networkList");
  return findNetwork(home, name) !== undefined;
}
