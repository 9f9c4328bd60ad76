import { randomUUID } from "node:crypto";
import type { Parsed } from "@nanoclaw/emulator-base";
import type { ContainerConfiguration } from "../container/configuration.js";
import type { Context } from "../context.js";
import { ContainerFailure } from "../failures.js";
import { findImage, type Image, variantFor } from "../state/images.js";
import { hostPlatform } from "../state/platform.js";

/** Until the options' own rules are there: plain options alone. */
export function draftConfiguration(
  parsed: Parsed,
  { home }: Context,
): { configuration: ContainerConfiguration; imageRoot: string } {
  const id = parsed.optionalText("name") ?? randomUUID();
  const image: Image | undefined = findImage(home, parsed.text("image"));
  if (image === undefined) throw new ContainerFailure("notFound", `image not found: ${parsed.text("image")}`);
  const variant = variantFor(image, hostPlatform);
  const entry = parsed.optionalText("entrypoint");
  const given = parsed.texts("arguments");
  const entrypoint = entry ? [entry] : (variant.config.Entrypoint ?? []);
  const command = given.length > 0 ? given : entry ? [] : (variant.config.Cmd ?? []);
  const [executable, ...rest] = [...entrypoint, ...command];
  if (executable === undefined) {
    throw new ContainerFailure("invalidArgument", "command/entrypoint not specified for container process");
  }
  const environment = new Map(
    [...(variant.config.Env ?? []), ...parsed.texts("env")].map((entry) => [
      entry.split("=")[0] ?? "",
      entry,
    ]),
  );
  const networks = parsed.texts("network");
  const memory = /^(\d+)\s*([kmg]?)(?:i?b)?$/i.exec(parsed.optionalText("memory") ?? "1g");
  const factor = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[(memory?.[2] ?? "").toLowerCase()] ?? 1;
  return {
    imageRoot: variant.rootFileSystem,
    configuration: {
      id,
      image: { reference: image.reference, descriptor: image.descriptor },
      initProcess: {
        executable,
        arguments: rest,
        environment: [...environment.values()],
        workingDirectory: parsed.optionalText("workdir") ?? variant.config.WorkingDir ?? "/",
        terminal: false,
        user: { raw: { userString: parsed.optionalText("user") ?? variant.config.User ?? "0" } },
        supplementalGroups: [],
        rlimits: [],
      },
      labels: Object.fromEntries(
        parsed.texts("label").map((label) => [label.split("=")[0] ?? "", label.split("=")[1] ?? ""]),
      ),
      mounts: parsed.texts("mount").map((text) => {
        const parts = new Map(
          text.split(",").map((part) => {
            const [key = "", value = ""] = part.split("=");
            return [key, value] as const;
          }),
        );
        return {
          type: { virtiofs: {} },
          source: parts.get("source") ?? parts.get("src") ?? "",
          destination: parts.get("target") ?? parts.get("destination") ?? parts.get("dst") ?? "",
          options: parts.has("readonly") || parts.has("ro") ? ["ro"] : [],
        };
      }),
      networks: networks.includes("none")
        ? []
        : [{ network: networks[0] ?? "default", options: { hostname: id, mtu: 1280 } }],
      dns: { nameservers: [], searchDomains: [], options: [] },
      publishedPorts: [],
      publishedSockets: [],
      platform: hostPlatform,
      resources: {
        cpus: parsed.optionalNumber("cpus") ?? 4,
        memoryInBytes: Number(memory?.[1] ?? 0) * factor,
        cpuOverhead: 1,
      },
      rosetta: false,
      virtualization: false,
      ssh: false,
      readOnly: parsed.flag("read-only"),
      useInit: parsed.flag("init"),
      capAdd: parsed.texts("cap-add"),
      capDrop: parsed.texts("cap-drop"),
      sysctls: {},
      runtimeHandler: "container-runtime-linux",
      creationDate: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    },
  };
}
