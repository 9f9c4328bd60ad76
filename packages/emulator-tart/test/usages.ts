/** The usage of each command, as it stands below a complaint. */
export const usages = {
  root: "tart <subcommand>",
  create:
    "tart create <name> [--from-ipsw <path>] [--linux] [--disk-size <disk-size>] [--disk-format <disk-format>]",
  clone:
    "tart clone <source-name> <new-name> [--insecure] [--concurrency <concurrency>] [--prune-limit <prune-limit>] [--stacked]",
  run: "tart run [<options>] <name>",
  set: "tart set <name> [--cpu <cpu>] [--memory <memory>] [--display <display>] [--display-refit] [--no-display-refit] [--random-mac] [--random-serial] [--disk <disk>] [--disk-size <disk-size>]",
  get: "tart get <name> [--format <format>]",
  list: "tart list [--source <source>] [--format <format>] [--quiet]",
  login: "tart login <host> [--username <username>] [--password-stdin] [--insecure] [--no-validate]",
  logout: "tart logout <host>",
  ip: "tart ip <name> [--wait <wait>] [--resolver <resolver>]",
  exec: "tart exec [-i] [-t] <name> <command> ...",
  pull: "tart pull <remote-name> [--insecure] [--concurrency <concurrency>]",
  push: "tart push <local-name> <remote-names> ... [--insecure] [--concurrency <concurrency>] [--chunk-size <chunk-size>] [--label <label> ...] [--populate-cache]",
  import: "tart import <path> <name>",
  export: "tart export <name> [<path>]",
  prune: "tart prune [--entries <entries>] [--older-than <older-than>] [--space-budget <space-budget>]",
  rename: "tart rename <name> <new-name>",
  stop: "tart stop <name> [--timeout <timeout>]",
  delete: "tart delete <name> ...",
  fqn: "tart fqn <name>",
  suspend: "tart suspend <name>",
} as const;

export type UsageOf = keyof typeof usages;

/** What stands on stderr for a complaint about arguments. */
export function complaint(message: string, command: UsageOf, help?: string): string {
  const path = command === "root" ? "tart" : `tart ${command}`;
  const lines = [`Error: ${message}`, ...(help === undefined ? [] : [`Help:  ${help}`])];
  return `${[...lines, `Usage: ${usages[command]}`, `  See '${path} --help' for more information.`].join("\n")}\n`;
}
