import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, whyNoPodman } from "../prerequisites.js";
import type { EngineOptions, TestEngine } from "./engine.js";
import { offlineEnvironment } from "./offline-environment.js";
import type { BridgeChoice, Place } from "./place.js";
import { type EngineKind, startEngine } from "./start-engine.js";

const podman: EngineKind = {
  kind: "podman",
  program: "podman",
  prepare: (place, choice, socketPath) => {
    const { directory } = place;
    const dataRoot = join(directory, "data");
    // In a /run of its own, see engine-init.sh. Podman refuses a path of more than 50 characters here.
    const execRoot = "/run/containers/storage";
    const configuration = writeConfiguration(place, choice, dataRoot, execRoot);
    return {
      command: [
        ...["podman", "--root", dataRoot, "--runroot", execRoot, "--tmpdir", "/run/libpod"],
        ...["--network-config-dir", join(directory, "network"), "--volumepath", join(directory, "volumes")],
        ...["system", "service", "--time=0", `unix://${socketPath}`],
      ],
      env: { ...offlineEnvironment(), ...configuration },
      dataRoot,
      execRoot,
    };
  },
};

/**
 * Starts a private `podman system service`, which serves the Docker Engine API, with its own images, containers, locks,
 * network and configuration. Takes less than a second.
 *
 * @throws When it cannot be started here, with the sentence of `whyNoPodman`; when it does not answer in time, with the
 *   end of its log. Nothing is left then.
 */
export async function startPodmanEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const reason = whyNoPodman();
  if (reason !== undefined) throw new Error(reason);
  return await startEngine(podman, options);
}

function writeConfiguration(
  { directory }: Place,
  { bridge, network }: BridgeChoice,
  dataRoot: string,
  execRoot: string,
): NodeJS.ProcessEnv {
  const containers = join(directory, "containers.conf");
  const storage = join(directory, "storage.conf");
  const registries = join(directory, "registries.conf");
  const init = [
    "/usr/libexec/podman/catatonit",
    "/usr/bin/catatonit",
    "/usr/bin/tini-static",
    "/usr/bin/tini",
  ];
  const initPath = init.find((path) => existsSync(path));
  writeFileSync(
    containers,
    `[containers]
# Podman's own are above what a machine in a machine may set.
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
# The proxies that keep the engine off the internet are not for containers.
http_proxy = false

[engine]
# crun refuses hosts with both versions of control groups; runc does not.
runtime = "${findProgram("runc") === undefined ? "crun" : "runc"}"
cgroup_manager = "cgroupfs"
events_logger = "file"
${initPath === undefined ? "" : `init_path = "${initPath}"`}

[network]
default_network = "${bridge}"
default_subnet = "${network}.0.0/24"
default_subnet_pools = [{ base = "${network}.128.0/17", size = 24 }]
`,
  );
  writeFileSync(
    storage,
    `[storage]\ndriver = "overlay"\ngraphroot = "${dataRoot}"\nrunroot = "${execRoot}"\n`,
  );
  writeFileSync(
    registries,
    `unqualified-search-registries = []
[[registry]]
location = "127.0.0.1"
insecure = true
[[registry]]
location = "localhost"
insecure = true
`,
  );
  mkdirSync(join(directory, "network"), { recursive: true });
  writeFileSync(
    join(directory, "network", `${bridge}.conflist`),
    JSON.stringify(defaultNetwork(bridge, network)),
  );
  return {
    CONTAINERS_CONF: containers,
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_REGISTRIES_CONF: registries,
  };
}

/** Podman's default network without the plugins that write to the host's packet filter for every container. */
function defaultNetwork(bridge: string, network: string): object {
  const subnet = { subnet: `${network}.0.0/24`, gateway: `${network}.0.1` };
  return {
    cniVersion: "0.4.0",
    name: bridge,
    plugins: [
      {
        type: "bridge",
        bridge,
        isGateway: true,
        hairpinMode: true,
        ipam: { type: "host-local", routes: [{ dst: "0.0.0.0/0" }], ranges: [[subnet]] },
      },
      { type: "portmap", capabilities: { portMappings: true } },
      { type: "tuning" },
    ],
  };
}
