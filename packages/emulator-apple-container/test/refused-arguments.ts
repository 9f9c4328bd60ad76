import type { UsageOf } from "./usages.js";

/** Arguments, the complaint, whose usage follows, and what the help line says. */
export type Refused = readonly [argv: readonly string[], message: string, usage: UsageOf, help?: string];

const image = "<image>  Name of the image";
const formats = "Please provide one of 'json', 'table', 'yaml' or 'toml'.";
const format = "--format <format>  Form of the output";
const noDns =
  "`--no-dns` cannot be used with DNS configuration flags (`--dns`, `--dns-domain`, `--dns-option`, `--dns-search`)";

/** What no release understands. */
export const refused: readonly Refused[] = [
  // Dashes that mean nothing, wherever they stand.
  [["---"], "Invalid option: ---", "root"],
  [["list", "---all"], "Invalid option: ---all", "root"],
  [["run", "img", "sh", "-c", "x", "---y"], "Invalid option: ---y", "root"],
  [["exec", "id", "echo", "-----"], "Invalid option: -----", "root"],
  [["exec", "id", "test", "-=x"], "Invalid option: -=x", "root"],
  [["inspect", "-="], "Invalid option: -=", "root"],
  // Groups of commands and words that are none of theirs.
  [["image", "ps"], "Unexpected argument 'ps'", "image"],
  [["image", "history", "img"], "2 unexpected arguments: 'history', 'img'", "image"],
  [["image", "import", "a", "b"], "3 unexpected arguments: 'import', 'a', 'b'", "image"],
  [["image", "--quiet", "list"], "Unknown option '--quiet'", "image"],
  [["image", "List"], "Unexpected argument 'List'", "image"],
  [["i", "pul", "img"], "2 unexpected arguments: 'pul', 'img'", "image"],
  [["network", "connect", "a", "b"], "3 unexpected arguments: 'connect', 'a', 'b'", "network"],
  [["n", "disconnect", "a", "b"], "3 unexpected arguments: 'disconnect', 'a', 'b'", "network"],
  [["volume", "clone", "a", "b"], "3 unexpected arguments: 'clone', 'a', 'b'", "volume"],
  [["system", "info"], "Unexpected argument 'info'", "system"],
  [["system", "property", "set", "a", "b"], "3 unexpected arguments: 'set', 'a', 'b'", "system property"],
  // Options of other engines.
  ...[
    ...[
      "--pids-limit=10",
      "--security-opt=x",
      "--privileged",
      "--add-host=a:b",
      "--hostname=x",
      "--domainname=x",
    ],
    ...["--ip=1.2.3.4", "--link=a", "--network-alias=a", "--expose=80", "-P", "--restart=always"],
    ...["--stop-signal=INT", "--stop-timeout=1", "--health-cmd=x", "--no-healthcheck", "--log-driver=none"],
    ...["--sig-proxy=false", "--detach-keys=x", "--gpus=all", "--ipc=host", "--pid=host"],
    ...["--userns=host", "--sysctl=a=b", "--cgroup-parent=x", "--cpu-shares=1", "--cpuset-cpus=1"],
    ...["--memory-swap=1g", "--oom-kill-disable", "--storage-opt=size=1g", "--group-add=x"],
    ...["--volumes-from=x", "--isolation=x", "--label-file=x", "--mac-address=x"],
  ].map((option): Refused => {
    const name = option.replace(/=.*/, "");
    const near: Readonly<Record<string, string>> = {
      "--ip": "--gid",
      "--link": "--env",
      "--gpus": "--cpus",
      "--ipc": "--env",
      "--pid": "--gid",
      "--userns": "--user",
    };
    const hint = near[name] === undefined ? "" : `. Did you mean '${near[name]}'?`;
    return [["run", option, "img"], `Unknown option '${name}'${hint}`, "run"];
  }),
  [["run", "--pids-limit", "10", "--rm", "img"], "Unknown option '--pids-limit'", "run"],
  [["run", "--voluem", "a:/b", "img"], "Unknown option '--voluem'. Did you mean '--volume'?", "run"],
  [["run", "--device", "x", "img"], "Unknown option '--device'. Did you mean '--detach'?", "run"],
  [["run", "--quiet", "img"], "Unknown option '--quiet'. Did you mean '--user'?", "run"],
  [["create", "--progress", "none", "img"], "Unknown option '--progress'", "create"],
  [["list", "--filter", "x"], "Unknown option '--filter'", "list"],
  [["list", "--last", "1"], "Unknown option '--last'. Did you mean '--all'?", "list"],
  [["list", "--no-trunc"], "Unknown option '--no-trunc'", "list"],
  [["list", "-s"], "Unknown option '-s'", "list"],
  [["ls", "-n", "1"], "Unknown option '-n'", "list"],
  [["logs", "--tail", "1", "id"], "Unknown option '--tail'", "logs"],
  [["logs", "--since", "1m", "id"], "Unknown option '--since'", "logs"],
  [["logs", "-t", "id"], "Unknown option '-t'", "logs"],
  [["delete", "-v", "id"], "Unknown option '-v'", "delete"],
  [["rm", "-fv", "id"], "Unknown option '-v'", "delete"],
  [["exec", "--privileged", "id", "ls"], "Unknown option '--privileged'", "exec"],
  [["exec", "--rm", "id", "ls"], "Unknown option '--rm'. Did you mean '--env'?", "exec"],
  [["cp", "-a", "x", "y:/z"], "Unknown option '-a'", "copy"],
  [["stats", "--no-trunc"], "Unknown option '--no-trunc'", "stats"],
  [["inspect", "--format", "x", "id"], "Unknown option '--format'", "inspect"],
  [["image", "pull", "--quiet", "img"], "Unknown option '--quiet'", "image pull"],
  [["image", "inspect", "--format", "json", "img"], "Unknown option '--format'", "image inspect"],
  [["image", "delete", "--no-prune", "img"], "Unknown option '--no-prune'", "image delete"],
  [["volume", "create", "--driver", "x", "v"], "Unknown option '--driver'", "volume create"],
  [["volume", "create", "--size", "1g", "v"], "Unknown option '--size'", "volume create"],
  [["network", "create", "--driver", "x", "n"], "Unknown option '--driver'", "network create"],
  [["system", "status", "--json"], "Unknown option '--json'", "system status"],
  [["system", "stop", "--force"], "Unknown option '--force'", "system stop"],
  // Values that are joined to a short name.
  [["run", "-eA=1", "img"], "Unknown option '-eA'. Did you mean '--env'?", "run"],
  // A pack of letters: -m takes the image for its value.
  [["run", "-m512m", "img"], "Missing expected argument '<image>'", "run", image],
  [["run", "-m512m", "img", "x"], "Unknown option '-5'", "run"],
  [["run", "-p8080:80", "img"], "Missing expected argument '<image>'", "run", image],
  [
    ["stop", "-t5", "id"],
    "The value 'id' is invalid for '-t <time>'",
    "stop",
    "-t <time>  Seconds until it is killed",
  ],
  // Missing positionals.
  [["run"], "Missing expected argument '<image>'", "run", image],
  [["run", "--rm", "-it"], "Missing expected argument '<image>'", "run", image],
  [["run", "--"], "Missing expected argument '<image>'", "run", image],
  [["create", "--name", "x"], "Missing expected argument '<image>'", "create", image],
  [["exec"], "Missing expected argument '<container-id>'", "exec", "<container-id>  Id of the container"],
  [
    ["exec", "id"],
    "Missing expected argument '<arguments> ...'",
    "exec",
    "<arguments>  The program and its arguments",
  ],
  [["start"], "Missing expected argument '<container-id>'", "start", "<container-id>  Id of the container"],
  [
    ["inspect"],
    "Missing expected argument '<container-ids> ...'",
    "inspect",
    "<container-ids>  Ids of containers",
  ],
  [
    ["logs", "-f"],
    "Missing expected argument '<container-id>'",
    "logs",
    "<container-id>  Id of the container",
  ],
  [
    ["cp", "a"],
    "Missing expected argument '<destination>'",
    "copy",
    "<destination>  container-id:path or a path of the host",
  ],
  [["export"], "Missing expected argument '<id>'", "export", "<id>  Id of the container"],
  [
    ["image", "pull"],
    "Missing expected argument '<reference>'",
    "image pull",
    "<reference>  Name of the image",
  ],
  [["image", "tag", "a"], "Missing expected argument '<target>'", "image tag", "<target>  The other name"],
  [
    ["i", "inspect"],
    "Missing expected argument '<images> ...'",
    "image inspect",
    "<images>  Names of images",
  ],
  [["network", "create"], "Missing expected argument '<name>'", "network create", "<name>  Its name"],
  [
    ["volume", "create", "-s", "1g"],
    "Missing expected argument '<name>'",
    "volume create",
    "<name>  Its name",
  ],
  [
    ["registry", "login"],
    "Missing expected argument '<server>'",
    "registry login",
    "<server>  Host of the registry",
  ],
  [
    ["system", "dns", "create"],
    "Missing expected argument '<domain-name>'",
    "system dns create",
    "<domain-name>  The domain",
  ],
  // Too many of them.
  [["list", "x"], "Unexpected argument 'x'", "list"],
  [["list", "x", "y"], "2 unexpected arguments: 'x', 'y'", "list"],
  [["list", "--", "-a"], "2 unexpected arguments: '--', '-a'", "list"],
  [["start", "a", "b"], "Unexpected argument 'b'", "start"],
  [["logs", "a", "b"], "Unexpected argument 'b'", "logs"],
  [["cp", "a", "b", "c"], "Unexpected argument 'c'", "copy"],
  [["prune", "x"], "Unexpected argument 'x'", "prune"],
  [["image", "pull", "a", "b"], "Unexpected argument 'b'", "image pull"],
  [["network", "create", "a", "b"], "Unexpected argument 'b'", "network create"],
  [["system", "start", "now"], "Unexpected argument 'now'", "system start"],
  [["system", "version", "x"], "Unexpected argument 'x'", "system version"],
  // Missing values.
  [["run", "--name"], "Missing value for '--name <name>'", "run", "--name <name>  Its name"],
  [["run", "--name", "-x", "img"], "Missing value for '--name <name>'", "run", "--name <name>  Its name"],
  [["run", "--name=", "--rm", "img"], "Missing value for '--name <name>'", "run", "--name <name>  Its name"],
  [
    ["run", "-e", "-x", "img"],
    "Missing value for '-e <env>'",
    "run",
    "-e <env>  A variable: key=value, or the key of one to copy",
  ],
  [["exec", "-w", "--", "id", "ls"], "Missing value for '-w <dir>'", "exec", "-w <dir>  Working directory"],
  [["list", "--format"], "Missing value for '--format <format>'", "list", format],
  [
    ["stop", "x", "--time"],
    "Missing value for '--time <time>'",
    "stop",
    "--time <time>  Seconds until it is killed",
  ],
  // Values of the wrong kind.
  [
    ["run", "--cpus", "1.5", "img"],
    "The value '1.5' is invalid for '--cpus <cpus>'",
    "run",
    "--cpus <cpus>  Processors",
  ],
  [["run", "-c", "two", "img"], "The value 'two' is invalid for '-c <cpus>'", "run", "-c <cpus>  Processors"],
  [
    ["run", "--cpus=", "img", "x"],
    "The value 'img' is invalid for '--cpus <cpus>'",
    "run",
    "--cpus <cpus>  Processors",
  ],
  [["run", "--uid=-1", "img"], "The value '-1' is invalid for '--uid <uid>'", "run", "--uid <uid>  User"],
  [
    ["exec", "--gid", "4294967296", "id", "x"],
    "The value '4294967296' is invalid for '--gid <gid>'",
    "exec",
    "--gid <gid>  Group",
  ],
  [
    ["stop", "--time", "1m", "x"],
    "The value '1m' is invalid for '--time <time>'",
    "stop",
    "--time <time>  Seconds until it is killed",
  ],
  [
    ["stop", "--time=2147483648", "x"],
    "The value '2147483648' is invalid for '--time <time>'",
    "stop",
    "--time <time>  Seconds until it is killed",
  ],
  [
    ["logs", "-n", "all", "x"],
    "The value 'all' is invalid for '-n <n>'",
    "logs",
    "-n <n>  So many lines from the end",
  ],
  [
    ["list", "--format", "{{.ID}}"],
    `The value '{{.ID}}' is invalid for '--format <format>'. ${formats}`,
    "list",
    format,
  ],
  [
    ["list", "--format", "JSON"],
    `The value 'JSON' is invalid for '--format <format>'. ${formats}`,
    "list",
    format,
  ],
  [
    ["system", "status", "--format=text"],
    `The value 'text' is invalid for '--format <format>'. ${formats}`,
    "system status",
    format,
  ],
  [
    ["run", "--scheme", "ftp", "img"],
    "The value 'ftp' is invalid for '--scheme <scheme>'. Please provide one of 'http', 'https' or 'auto'.",
    "run",
    "--scheme <scheme>  How to talk to the registry",
  ],
  [
    ["image", "pull", "--progress", "tty", "img"],
    "The value 'tty' is invalid for '--progress <type>'. Please provide one of 'auto', 'none', 'ansi', 'plain' or 'color'.",
    "image pull",
    "--progress <type>  Form of the progress on stderr",
  ],
  [
    ["system", "kernel", "set", "--arch", "x86"],
    "The value 'x86' is invalid for '--arch <arch>'. Please provide one of 'amd64' and 'arm64'.",
    "system kernel set",
    "--arch <arch>  Architecture",
  ],
  // Flags with values.
  [
    ["run", "--rm=true", "img"],
    "The option '--rm' does not take any value, but 'true' was specified.",
    "run",
  ],
  [["run", "-i=1", "img"], "The option '-i' does not take any value, but '1' was specified.", "run"],
  [["list", "--all=false"], "The option '--all' does not take any value, but 'false' was specified.", "list"],
  // What makes no sense together.
  [["run", "--no-dns", "--dns", "1.1.1.1", "img"], noDns, "run"],
  [["run", "--no-dns", "--dns-domain=x", "img"], noDns, "run"],
  [["create", "--dns-option", "x", "--no-dns", "img"], noDns, "create"],
  [["create", "--dns-search", "x", "--no-dns", "img"], noDns, "create"],
  [
    ["network", "create", "--subnet", "1.2.3.4", "n"],
    "The value '1.2.3.4' is invalid for '--subnet <subnet>'",
    "network create",
  ],
  [
    ["network", "create", "--subnet=1.2.3.4/33", "n"],
    "The value '1.2.3.4/33' is invalid for '--subnet <subnet>'",
    "network create",
  ],
  [
    ["network", "create", "--subnet-v6=1.2.3.0/24", "n"],
    "The value '1.2.3.0/24' is invalid for '--subnet-v6 <subnet-v6>'",
    "network create",
  ],
  [
    ["system", "start", "--timeout", "soon"],
    "The value 'soon' is invalid for '--timeout <timeout>'",
    "system start",
  ],
];
