import type { Policy } from "../policy/policy.js";
import type { Runtime } from "../runtime.js";
import type { Settings } from "../settings/settings.js";

/** What each runtime's adapter is made with: the settings' defaults, the policy over them. */
export function adapterOptions(
  runtime: Runtime,
  { runtimes = {} }: Policy,
  settings: Settings,
): Readonly<Record<string, unknown>> {
  switch (runtime) {
    case "tart": {
      const { image, entrypoint: _entrypoint, limits: _limits, ...engine } = runtimes.tart ?? {};
      const { baseImage, username, password, sshTimeoutMs } = settings.tart;
      const guest = { username, password, bootTimeoutMs: sshTimeoutMs };
      return { ...guest, ...engine, defaultImage: image ?? baseImage };
    }
    case "container": {
      const { image, entrypoint: _entrypoint, limits: _limits, ...engine } = runtimes.container ?? {};
      return { ...engine, defaultImage: image ?? settings.containerImage };
    }
    case "docker": {
      const {
        image,
        entrypoint: _entrypoint,
        limits: _limits,
        ociRuntime,
        sharedMemoryMiB = 1024,
        ...engine
      } = runtimes.docker ?? {};
      return {
        ...engine,
        sharedMemoryMiB,
        runtime: ociRuntime,
        defaultImage: image ?? settings.containerImage,
      };
    }
    case "local": {
      const { entrypoint: _entrypoint, limits: _limits, ...engine } = runtimes.local ?? {};
      return { ...engine };
    }
  }
}
