import { join } from "node:path";

/** What a row of chapter 14 says of a list of arguments. */
export interface Row {
  readonly row: number;
  readonly argv: readonly string[];
  readonly exitCode: number;
  /** What stderr contains; nothing else is on stderr where it is empty. */
  readonly stderr: string;
  /** Default: nothing. */
  readonly stdout?: string | RegExp;
}

/** The names of things that are there while the rows are tried. */
export interface Surroundings {
  /** An image with busybox, and with the user 1000 that nothing is known of. */
  readonly image: string;
  /** A directory with a file `file` in it. */
  readonly directory: string;
  /** Containers. */
  readonly running: string;
  readonly stopped: string;
}

/** The rows that the program answers by itself or with a service that has two containers. */
export function rowsOf({ image, directory, running, stopped }: Surroundings): Row[] {
  const file = join(directory, "file");
  const run = (row: number, exitCode: number, stderr: string, ...options: string[]): Row => {
    return { row, argv: ["run", "--rm", "--progress=none", ...options, image, "true"], exitCode, stderr };
  };
  const id63 = "a".repeat(63);
  return [
    { row: 1, argv: ["ps"], exitCode: 64, stderr: "Plugin 'container-ps' not found." },
    run(2, 64, "Unknown option '--pids-limit'", "--pids-limit", "10"),
    run(3, 64, "Unknown option '--security-opt'", "--security-opt", "x"),
    run(3, 64, "Unknown option '--privileged'", "--privileged"),
    run(3, 64, "Unknown option '--add-host'", "--add-host", "a:1.2.3.4"),
    run(3, 64, "Unknown option '--hostname'", "--hostname", "x"),
    run(3, 64, "Unknown option '--restart'", "--restart=always"),
    { row: 4, argv: ["run"], exitCode: 64, stderr: "Missing expected argument '<image>'" },
    run(5, 64, "Error: ", "-eA=1"),
    run(5, 64, "Error: ", "-p8080:80"),
    run(5, 64, "Error: ", "-m512m"),
    run(6, 64, "The value '1.5' is invalid for '--cpus <cpus>'", "--cpus", "1.5"),
    run(7, 1, "container ID a is not a valid container ID", "--name", "a"),
    run(7, 1, `container ID ${id63}a is not a valid container ID`, "--name", `${id63}a`),
    run(7, 1, "container ID -x is not a valid container ID", "--name=-x"),
    run(7, 64, "Missing value for '--name <name>'", "--name", "-x"),
    run(7, 1, "container ID a/b is not a valid container ID", "--name", "a/b"),
    run(7, 1, "container ID ü is not a valid container ID", "--name", "ü"),
    run(8, 1, `container with id ${running} already exists`, "--name", running),
    {
      row: 9,
      argv: ["create", "--name", stopped, image, "true"],
      exitCode: 1,
      stderr: `container already exists: ${stopped}`,
    },
    run(10, 1, "minimum memory amount allowed is 200 MiB (got 104857600 bytes)", "-m", "100m"),
    run(11, 1, "minimum memory amount allowed is 200 MiB (got 0 bytes)", "-m", "512"),
    run(12, 1, "invalid label format a=b=c", "-l", "a=b=c"),
    run(13, 1, "label cannot be an empty string", "-l", ""),
    run(14, 1, "path '/no' does not exist", "--mount", "type=bind,source=/no,target=/x"),
    run(15, 1, `path '${file}' is not a directory`, "--mount", `type=bind,source=${file},target=/x`),
    run(
      16,
      1,
      "unknown directive consistency when parsing mount",
      "--mount",
      `type=bind,source=${directory},target=/x,consistency=cached`,
    ),
    run(17, 1, "unsupported mount type npipe", "--mount", "type=npipe,source=/a,target=/b"),
    run(18, 1, "path '/no' does not exist", "-v", "/no:/x"),
    run(19, 1, "invalid volume format a:b:c:d", "-v", "a:b:c:d"),
    run(20, 1, "invalid volume name 'bad name': must match", "-v", "bad name:/x"),
    run(21, 1, "network nope not found", "--network", "nope"),
    run(
      22,
      1,
      "no other networks may be created along with network none",
      "--network=none",
      "--network=default",
    ),
    run(23, 1, "unknown network property 'ip'", "--network", "default,ip=1"),
    run(24, 64, "`--no-dns` cannot be used", "--no-dns", "--dns", "1.1.1.1"),
    run(25, 1, "invalid publish value: 80", "-p", "80"),
    run(25, 1, "invalid publish host port range: 0", "-p", "0:80"),
    run(25, 1, "invalid publish protocol: sctp", "-p", "80:80/sctp"),
    run(25, 1, "publish host and container port counts are not equal: 80-81:80", "-p", "80-81:80"),
    run(26, 1, "may not overlap", "-p", "8080:80", "-p", "8079-8081:1000-1002"),
    run(27, 1, "invalid CapabilityName 'FOO'", "--cap-add", "foo"),
    run(28, 1, "cannot exceed hard limit", "--ulimit", "nofile=5:1"),
    run(28, 1, "unsupported ulimit type 'foo': valid types are core", "--ulimit", "foo=1"),
    run(28, 1, "duplicate ulimit type: nofile", "--ulimit", "nofile=1", "--ulimit", "nofile=2"),
    {
      row: 29,
      argv: ["run", "--progress=none", image, "nosuch"],
      exitCode: 1,
      stderr: "failed to find target executable nosuch",
    },
    {
      row: 30,
      argv: ["run", "--rm", "--progress=none", image, "sh", "-c", "exit 7"],
      exitCode: 7,
      stderr: "",
    },
    { row: 31, argv: ["run", image, "---x"], exitCode: 64, stderr: "Invalid option: ---x" },
    {
      row: 31,
      argv: ["run", "--rm", "--progress=none", "--", image, "echo", "---x"],
      exitCode: 0,
      stderr: "",
      stdout: "---x\n",
    },
    {
      row: 32,
      argv: ["exec", running, "--", "ls"],
      exitCode: 1,
      stderr: "failed to find target executable --",
    },
    {
      row: 33,
      argv: ["exec", "missing", "ls"],
      exitCode: 1,
      stderr: "get failed: container missing not found",
    },
    { row: 34, argv: ["exec", stopped, "ls"], exitCode: 1, stderr: `container ${stopped} is not running` },
    { row: 35, argv: ["exec", running], exitCode: 64, stderr: "Missing expected argument" },
    { row: 36, argv: ["stop"], exitCode: 1, stderr: "no containers specified and --all not supplied" },
    { row: 36, argv: ["stop", "-a", "x"], exitCode: 1, stderr: "conflict with the --all flag" },
    {
      row: 37,
      argv: ["stop", "missing"],
      exitCode: 1,
      stderr:
        'Error: internalError: "failed to stop container" (cause: "notFound: "container with ID missing not found"")\n',
    },
    { row: 38, argv: ["stop", stopped], exitCode: 0, stderr: "", stdout: `${stopped}\n` },
    {
      row: 39,
      argv: ["kill", stopped],
      exitCode: 1,
      stderr: "no runtime client exists: container is stopped",
    },
    { row: 40, argv: ["kill", "-s", "FOO", running], exitCode: 1, stderr: "invalid signal: FOO" },
    {
      row: 41,
      argv: ["delete", running],
      exitCode: 1,
      stderr: `container ${running} is running and can not be deleted`,
    },
    {
      row: 42,
      argv: ["delete", "-f", "missing"],
      exitCode: 1,
      stderr: "container with ID missing not found",
    },
    {
      row: 44,
      argv: ["start", "-a", running],
      exitCode: 1,
      stderr: "attach is currently unsupported on already running containers",
    },
    { row: 45, argv: ["inspect", running, "missing"], exitCode: 1, stderr: "container not found: missing" },
    { row: 46, argv: ["list", "--filter", "x"], exitCode: 64, stderr: "Unknown option '--filter'" },
    { row: 46, argv: ["list", "--format", "{{.ID}}"], exitCode: 64, stderr: "Please provide one of 'json'" },
    { row: 46, argv: ["list", "--format", "json", "-q"], exitCode: 0, stderr: "", stdout: /^\[\{.*\}\]\n$/ },
    {
      row: 47,
      argv: ["logs", "missing"],
      exitCode: 1,
      stderr: "failed to get logs for container missing",
    },
    { row: 48, argv: ["stats", "missing", "--no-stream"], exitCode: 1, stderr: "no such container: missing" },
    {
      row: 49,
      argv: ["cp", "a", "b"],
      exitCode: 1,
      stderr: "one of source or destination must be a container reference (container_id:path)",
    },
    {
      row: 49,
      argv: ["cp", "x:/a", "y:/b"],
      exitCode: 1,
      stderr: "copying between containers is not supported",
    },
    { row: 49, argv: ["cp", "x:rel", "."], exitCode: 1, stderr: "invalid path given: x:rel" },
    { row: 49, argv: ["cp", "./no", "x:/a"], exitCode: 1, stderr: "source path does not exist: " },
    {
      row: 50,
      argv: ["cp", file, `${stopped}:/a`],
      exitCode: 1,
      stderr: `failed to copy into container ${stopped}`,
    },
    {
      row: 50,
      argv: ["cp", file, `${stopped}:/a`],
      exitCode: 1,
      stderr: `container ${stopped} is not running`,
    },
    { row: 53, argv: ["network", "create", "Bad"], exitCode: 1, stderr: "invalid network name: Bad" },
    {
      row: 53,
      argv: ["network", "create", "default"],
      exitCode: 1,
      stderr: "network default already exists",
    },
    {
      row: 53,
      argv: ["network", "create", "other", "--subnet", "192.168.64.128/25"],
      exitCode: 1,
      stderr: "IPv4 subnet 192.168.64.128/25 overlaps an existing network with subnet 192.168.64.0/24",
    },
    {
      row: 53,
      argv: ["network", "create", "other", "--subnet", "10.0.0.0"],
      exitCode: 64,
      stderr: "'10.0.0.0'",
    },
    {
      row: 54,
      argv: ["network", "delete", "default"],
      exitCode: 1,
      stderr: "cannot delete a builtin network: default",
    },
    { row: 58, argv: ["image", "inspect", "missing"], exitCode: 1, stderr: "image not found: missing" },
    {
      row: 59,
      argv: ["create", "--progress", "none", image],
      exitCode: 64,
      stderr: "Unknown option '--progress'",
    },
    run(60, 1, "minimum memory amount allowed is 200 MiB (got 104857600 bytes)", "--memory=", "100m"),
    { row: 61, argv: ["run", "-h", "host", image], exitCode: 0, stderr: "", stdout: /^OVERVIEW: / },
    {
      row: 61,
      argv: ["run", "--version", image],
      exitCode: 0,
      stderr: "",
      stdout: /^container CLI version 1\.2\.2 \(build: release, commit: [0-9a-f]{7}\)\n$/,
    },
    run(62, 1, "network host not found", "--network", "host"),
    run(64, 1, "failed to create directory '/new/dir'", "--user", "1000", "-w", "/new/dir"),
  ];
}
