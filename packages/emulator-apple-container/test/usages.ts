/** The usage of each command, as it stands below a complaint. */
export const usages = {
  root: "container [--debug] <subcommand>",
  image: "container image [--debug] <subcommand>",
  "image list": "container image list [--format <format>] [--quiet] [--verbose] [--debug]",
  "image inspect": "container image inspect [--debug] <images> ...",
  "image pull":
    "container image pull [--debug] [--scheme <scheme>] [--progress <type>] [--max-concurrent-downloads <max-concurrent-downloads>] [--arch <arch>] [--os <os>] [--platform <platform>] <reference>",
  "image push":
    "container image push [--debug] [--scheme <scheme>] [--progress <type>] [--arch <arch>] [--os <os>] [--platform <platform>] <reference>",
  "image save":
    "container image save [--arch <arch>] [--os <os>] [--platform <platform>] [--output <output>] [--debug] <references> ...",
  "image load": "container image load [--input <input>] [--force] [--debug]",
  "image tag": "container image tag [--debug] <source> <target>",
  "image delete": "container image delete [--all] [--force] [--debug] [<images> ...]",
  network: "container network [--debug] <subcommand>",
  "network create":
    "container network create [--internal] [--label <label> ...] [--option <option> ...] [--plugin <plugin>] [--subnet <subnet>] [--subnet-v6 <subnet-v6>] [--debug] <name>",
  "network delete": "container network delete [--all] [--debug] [<network-names> ...]",
  "network list": "container network list [--format <format>] [--quiet] [--debug]",
  volume: "container volume [--debug] <subcommand>",
  "volume create":
    "container volume create [--label <label> ...] [--opt <opt> ...] [-s <size>] [--debug] <name>",
  "volume delete": "container volume delete [--all] [--debug] [<names> ...]",
  "registry login":
    "container registry login [--debug] [--scheme <scheme>] [--password-stdin] [--username <username>] <server>",
  "registry logout": "container registry logout [--debug] <registry>",
  build: "container build [<options>] [<context-dir>]",
  "builder start":
    "container builder start [--cpus <cpus>] [--memory <memory>] [--dns <ip> ...] [--dns-domain <domain>] [--dns-option <option> ...] [--dns-search <domain> ...] [--debug]",
  "builder status": "container builder status [--format <format>] [--quiet] [--debug]",
  system: "container system [--debug] <subcommand>",
  "system dns create": "container system dns create [--localhost <ip>] [--debug] <domain-name>",
  "system kernel set":
    "container system kernel set [--arch <arch>] [--binary <binary>] [--digest <digest>] [--force] [--recommended] [--tar <tar>] [--debug]",
  "system logs": "container system logs [--follow] [--last <last>] [--debug]",
  "system property": "container system property [--debug] <subcommand>",
  "system property list": "container system property list [--format <format>] [--debug]",
  "system start":
    "container system start [--app-root <app-root>] [--install-root <install-root>] [--log-root <log-root>] [--enable-kernel-install] [--disable-kernel-install] [--timeout <timeout>] [--debug]",
  "system status": "container system status [--prefix <prefix>] [--format <format>] [--debug]",
  "system stop": "container system stop [--prefix <prefix>] [--debug]",
  "system version": "container system version [--format <format>] [--debug]",
  copy: "container copy [--debug] <source> <destination>",
  create: "container create [<options>] <image> [<arguments> ...]",
  delete: "container delete [--all] [--force] [--debug] [<container-ids> ...]",
  exec: "container exec [<options>] <container-id> <arguments> ...",
  export: "container export [--output <output>] [--debug] <id>",
  inspect: "container inspect [--debug] <container-ids> ...",
  kill: "container kill [--all] [--signal <signal>] [--debug] [<container-ids> ...]",
  list: "container list [--all] [--format <format>] [--quiet] [--debug]",
  logs: "container logs [--boot] [--follow] [-n <n>] [--debug] <container-id>",
  run: "container run [<options>] <image> [<arguments> ...]",
  start: "container start [--attach] [--interactive] [--debug] <container-id>",
  stats: "container stats [--format <format>] [--no-stream] [--debug] [<containers> ...]",
  stop: "container stop [--all] [--signal <signal>] [--time <time>] [--debug] [<container-ids> ...]",
  prune: "container prune [--debug]",
} as const;

export type UsageOf = keyof typeof usages;

/** What stands on stderr for a complaint about arguments. */
export function complaint(message: string, command: UsageOf, help?: string): string {
  const path = command === "root" ? "container" : `container ${command}`;
  const lines = [`Error: ${message}`, ...(help === undefined ? [] : [`Help:  ${help}`])];
  return `${[...lines, `Usage: ${usages[command]}`, `  See '${path} --help' for more information.`].join("\n")}\n`;
}
