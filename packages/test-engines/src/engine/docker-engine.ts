import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { whyNoDocker } from "../prerequisites.js";
import type { EngineOptions, TestEngine } from "./engine.js";
import { offlineEnvironment } from "./offline-environment.js";
import { type EngineKind, startEngine } from "./start-engine.js";

const dockerd: EngineKind = {
  kind: "docker",
  program: "dockerd",
  prepare: ({ directory, name }, { bridge, network }, socketPath) => {
    const dataRoot = join(directory, "data");
    const execRoot = join(directory, "exec");
    const configuration = join(directory, "daemon.json");
    // A file of its own, so that the host's /etc/docker/daemon.json has no say.
    writeFileSync(
      configuration,
      JSON.stringify({
        bridge,
        "default-address-pools": [{ base: `${network}.128.0/17`, size: 24 }],
        // The host's packet filter and forwarding are shared with everything else on it. Published ports go through
        // Docker's own proxy, and containers reach the host; only the way out to the internet needs these.
        iptables: false,
        "ip-forward": false,
        "ip-masq": false,
        "cgroup-parent": `/${name}`,
        // The systemd driver would hand systemd process ids of the engine's own namespace.
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
      }),
    );
    return {
      command: [
        "dockerd",
        "--config-file",
        configuration,
        "--host",
        `unix://${socketPath}`,
        "--data-root",
        dataRoot,
        "--exec-root",
        execRoot,
        "--pidfile",
        join(directory, "engine.pid"),
      ],
      env: offlineEnvironment(),
      dataRoot,
      execRoot,
    };
  },
};

/**
 * Starts a private `dockerd` with its own containerd, data, bridge and socket. Takes one to two seconds.
 *
 * It runs in a process and a mount namespace of its own, on the host's network. No image can be pulled from
 * anywhere but a registry on this host.
 *
 * @throws When it cannot be started here, with the sentence of `whyNoDocker`; when it does not answer in time, with the
 *   end of its log. Nothing is left then.
 */
export async function startDockerEngine(options: EngineOptions = {}): Promise<TestEngine> {
  const reason = whyNoDocker();
  if (reason !== undefined) throw new Error(reason);
  return await startEngine(dockerd, options);
}
