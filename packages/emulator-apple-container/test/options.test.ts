import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capabilitiesOf } from "../src/options/capabilities.js";
import { commandLineOf } from "../src/options/command-line.js";
import { containerIdOf } from "../src/options/container-id.js";
import { addedEnvironment, environmentOf } from "../src/options/environment.js";
import { guardedPathsOf } from "../src/options/guarded-paths.js";
import { labelsOf } from "../src/options/labels.js";
import { bytesOf, wholeMebibytes } from "../src/options/memory.js";
import { mountsOf, tmpfsOf } from "../src/options/mounts.js";
import { networksOf } from "../src/options/networks.js";
import { publishedPortsOf } from "../src/options/ports.js";
import { publishedSocketsOf } from "../src/options/sockets.js";
import { split } from "../src/options/split.js";
import { rlimitsOf } from "../src/options/ulimits.js";
import { volumesOf } from "../src/options/volumes.js";

const directory = mkdtempSync(join(tmpdir(), "options-"));
beforeAll(() => writeFileSync(join(directory, "file"), ""));
afterAll(() => rmSync(directory, { recursive: true }));

const surroundings = { containerId: "c", hostMacOS: 26, exists: (name: string) => name !== "nope" };
const networks = (...texts: string[]) => networksOf(texts, surroundings);
const mounts = (...texts: string[]) => mountsOf(texts, directory);
const volumes = (...texts: string[]) => volumesOf(texts, directory);

describe("values that are refused", () => {
  it.each<[string, () => unknown]>([
    // Labels.
    ["label cannot be an empty string", () => labelsOf([""])],
    ["invalid label format a=b=c", () => labelsOf(["a=b=c"])],
    ["invalid label format =", () => labelsOf(["="])],
    // Limits.
    ["invalid ulimit format 'nofile': expected <type>=<soft>[:<hard>]", () => rlimitsOf(["nofile"])],
    ["invalid ulimit format 'nofile=': expected <type>=<soft>[:<hard>]", () => rlimitsOf(["nofile="])],
    [
      "unsupported ulimit type 'pids': valid types are core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio, rttime, sigpending, stack",
      () => rlimitsOf(["PIDS=1"]),
    ],
    ["duplicate ulimit type: NOFILE", () => rlimitsOf(["nofile=1", "NOFILE=2"])],
    [
      "invalid ulimit value 'x' for 'nofile': must be a non-negative integer or 'unlimited'",
      () => rlimitsOf(["nofile=1:x"]),
    ],
    [
      "invalid ulimit value '-2' for 'cpu': must be a non-negative integer or 'unlimited'",
      () => rlimitsOf(["cpu=-2"]),
    ],
    ["ulimit 'nofile' soft limit (5) cannot exceed hard limit (1)", () => rlimitsOf(["nofile=5:1"])],
    // Memory.
    ["invalid size", () => bytesOf("")],
    ["invalid size", () => bytesOf("g")],
    ["invalid size", () => bytesOf("1.2.3g")],
    ["invalid symbol: x", () => bytesOf("1X")],
    ["invalid symbol: gig", () => bytesOf("1 gig")],
    // Capabilities.
    ["invalid CapabilityName 'FOO'", () => capabilitiesOf(["foo"])],
    ["invalid CapabilityName 'CAP_ALL'", () => capabilitiesOf(["cap_all"])],
    // Ports.
    ["invalid publish value: 80", () => publishedPortsOf(["80"])],
    ["invalid publish value: :80", () => publishedPortsOf([":80"])],
    ["invalid publish protocol: sctp", () => publishedPortsOf(["80:80/SCTP"])],
    ["invalid publish IPv4 address: 1.2.3:80:80", () => publishedPortsOf(["1.2.3:80:80"])],
    ["invalid publish IPv6 address: [1.2.3.4]:80:80", () => publishedPortsOf(["[1.2.3.4]:80:80"])],
    ["invalid publish host port: x", () => publishedPortsOf(["x:80"])],
    ["invalid publish host port: 65536", () => publishedPortsOf(["65536:80"])],
    ["invalid publish host port: 1-2-3", () => publishedPortsOf(["1-2-3:80"])],
    ["invalid publish container port: http", () => publishedPortsOf(["80:http"])],
    ["invalid publish host port range: 0", () => publishedPortsOf(["0:80"])],
    ["invalid publish host port range: 1", () => publishedPortsOf(["1:80"])],
    ["invalid publish host port range: 90-80", () => publishedPortsOf(["90-80:90-80"])],
    ["invalid publish container port range: 0", () => publishedPortsOf(["80:0"])],
    [
      "publish host and container port counts are not equal: 80-82:80-81",
      () => publishedPortsOf(["80-82:80-81"]),
    ],
    [
      "cannot exceed more than 64 port publish descriptors",
      () => publishedPortsOf(Array.from({ length: 65 }, (_, index) => `${2000 + index}:80`)),
    ],
    [
      "host ports for different publish port specs may not overlap",
      () => publishedPortsOf(["127.0.0.1:80:80", "127.0.0.2:80:80"]),
    ],
    // Networks.
    ["network specification cannot be empty", () => networks("")],
    ["network name cannot be empty", () => networks(",mtu=1500")],
    ["invalid property format 'x' in network specification 'a,x'", () => networks("a,x")],
    ["invalid property format 'mtu=1=2' in network specification 'a,mtu=1=2'", () => networks("a,mtu=1=2")],
    ["mac address value cannot be empty", () => networks("a,mac=")],
    ["invalid MAC address format 01:02, expected format: XX:XX:XX:XX:XX:XX", () => networks("a,mac=01:02")],
    ["invalid mtu value '1279': must be between 1280 and 65535", () => networks("a,mtu=1279")],
    ["invalid mtu value 'big': must be between 1280 and 65535", () => networks("a,mtu=big")],
    ["unknown network property 'ip'. Available properties: mac, mtu", () => networks("a,ip=1.2.3.4")],
    ["no other networks may be created along with network none", () => networks("none", "default")],
    ["network nope not found", () => networks("default", "nope")],
    [
      "non-default network configuration requires macOS 26 or newer",
      () => networksOf(["a"], { ...surroundings, hostMacOS: 15 }),
    ],
    // --mount.
    ["invalid mount format: ,", () => mounts(",")],
    [
      "unknown directive consistency when parsing mount type=bind,consistency=x",
      () => mounts("type=bind,consistency=x"),
    ],
    ["invalid directive format missing value source in source,target=/x", () => mounts("source,target=/x")],
    ["invalid directive format missing value src=/a=b in src=/a=b,dst=/x", () => mounts("src=/a=b,dst=/x")],
    ["unsupported mount type npipe", () => mounts("type=npipe,source=.,target=/x")],
    ["path '/no' does not exist", () => mounts("source=/no,target=/x")],
    ["path 'file' is not a directory", () => mounts("source=file,target=/x")],
    ["mount destination cannot be empty", () => mounts("source=.")],
    ["unsupported option size for virtiofs mount", () => mounts("source=.,target=/x,size=1m")],
    ["unsupported option mode for bind mount", () => mounts("type=bind,source=.,target=/x,mode=700")],
    ["cannot specify source for tmpfs mount", () => mounts("type=tmpfs,source=/a,target=/x")],
    [
      "invalid volume name '/a': must match ^[A-Za-z0-9][A-Za-z0-9_.-]*$",
      () => mounts("type=volume,source=/a,target=/x"),
    ],
    ["volume destination cannot be empty", () => mounts("type=volume,source=a")],
    ["mount destination cannot be empty", () => tmpfsOf([""], false)],
    // --volume.
    ["invalid volume format a:b:c:d", () => volumes("a:b:c:d")],
    ["invalid volume format :", () => volumes(":")],
    ["path '/no' does not exist", () => volumes("/no:/x")],
    ["path './no' does not exist", () => volumes("./no:/x:ro")],
    ["invalid volume name 'bad name': must match ^[A-Za-z0-9][A-Za-z0-9_.-]*$", () => volumes("bad name:/x")],
    ["invalid volume name '~': must match ^[A-Za-z0-9][A-Za-z0-9_.-]*$", () => volumes("~:/x")],
    // Sockets, names, paths, commands.
    [
      "invalid publish-socket format /a. Expected: host_path:container_path",
      () => publishedSocketsOf(["/a"], directory),
    ],
    ["containerPath must be absolute: b", () => publishedSocketsOf(["a:b"], directory)],
    ["container ID a is not a valid container ID", () => containerIdOf("a")],
    ["container ID -ab is not a valid container ID", () => containerIdOf("-ab")],
    ["container ID a b is not a valid container ID", () => containerIdOf("a b")],
    ["container ID  is not a valid container ID", () => containerIdOf("")],
    ["command/entrypoint not specified for container process", () => commandLineOf({}, undefined, [])],
  ])("%s", (message, read) => {
    expect(read).toThrow(expect.objectContaining({ message, code: "invalidArgument" }));
  });

  it("a relative path that is to be hidden", () => {
    expect(() => guardedPathsOf("masked-path", ["x"])).toThrow(
      /^invalid path 'x' for --masked-path: path must be absolute, /,
    );
  });

  it("a socket of the host that is there", async () => {
    const server = createServer().listen(join(directory, "taken.sock"));
    await new Promise((resolve) => server.once("listening", resolve));
    expect(() => publishedSocketsOf(["taken.sock:/s"], directory)).toThrow(
      `host socket ${join(directory, "taken.sock")} already exists and may be in use`,
    );
    server.close();
  });
});

describe("values that are understood", () => {
  it("labels lose one equals sign at their end, and several in a row count as one", () => {
    expect(labelsOf(["a=b", "c", "d=", "e=f=", "g==h"])).toEqual({ a: "b", c: "", d: "", e: "f", g: "h" });
    expect(split("a==b=", "=", 2)).toEqual(["a", "b"]);
    expect(split("a:b:c", ":", 1)).toEqual(["a", "b:c"]);
  });

  it("limits, of which unlimited is the largest number", () => {
    expect(rlimitsOf(["NOFILE=5:unlimited", "core=-1", "cpu=7"])).toEqual([
      { limit: "RLIMIT_NOFILE", soft: 5, hard: 2 ** 64 },
      { limit: "RLIMIT_CORE", soft: 2 ** 64, hard: 2 ** 64 },
      { limit: "RLIMIT_CPU", soft: 7, hard: 7 },
    ]);
  });

  it("memory in binary units, without one in bytes, down to whole MiB", () => {
    expect(["1", "1b", "1K", "1kb", "1KiB", "1.5m", "2 G", "1t", "1pib"].map(bytesOf)).toEqual([
      1,
      1,
      1024,
      1024,
      1024,
      1.5 * 2 ** 20,
      2 ** 31,
      2 ** 40,
      2 ** 50,
    ]);
    expect(["512", "1.9m", "1g"].map(wholeMebibytes)).toEqual([0, 2 ** 20, 2 ** 30]);
  });

  it("capabilities with and without their prefix", () => {
    expect(capabilitiesOf(["all", "net_admin", "CAP_SYS_ADMIN"])).toEqual([
      "ALL",
      "CAP_NET_ADMIN",
      "CAP_SYS_ADMIN",
    ]);
  });

  it("ports with addresses, ranges and protocols", () => {
    expect(publishedPortsOf(["8080:80", "127.0.0.1:53:53/udp", "[::1]:90-92:100-102/TCP"])).toEqual([
      { hostAddress: "0.0.0.0", hostPort: 8080, containerPort: 80, proto: "tcp", count: 1 },
      { hostAddress: "127.0.0.1", hostPort: 53, containerPort: 53, proto: "udp", count: 1 },
      { hostAddress: "::1", hostPort: 90, containerPort: 100, proto: "tcp", count: 3 },
    ]);
    expect(publishedPortsOf(["80:80", "80:80/udp"])).toHaveLength(2);
  });

  it("networks with properties, and none", () => {
    expect(networks()).toEqual([{ network: "default", options: { hostname: "c", mtu: 1280 } }]);
    expect(networks("a,mac=02-00-00-00-00-0A,mtu=1500", "b")).toEqual([
      { network: "a", options: { hostname: "c", macAddress: "02:00:00:00:00:0a", mtu: 1500 } },
      { network: "b", options: { hostname: "c", mtu: 1280 } },
    ]);
    expect(networks("none")).toEqual([]);
    expect(networksOf([], { ...surroundings, containerId: "a.b" })[0]?.options.hostname).toBe("a.b.");
  });

  it("mounts of every type", () => {
    expect(
      mounts(
        "source=.,target=/a",
        "source=.,target=/a",
        `type=bind,src=${directory},dst=/b,readonly=false`,
        "type=tmpfs,destination=/c,size=1.5m,mode=1777",
        "type=volume,target=/d",
        "type=volume,source=v,target=/e,ro",
      ),
    ).toEqual([
      { kind: "host", source: directory, destination: "/a", options: [] },
      { kind: "host", source: directory, destination: "/b", options: ["ro"] },
      { kind: "tmpfs", destination: "/c", options: [`size=${2 ** 20}`, "mode=1777"] },
      { kind: "volume", volume: undefined, destination: "/d", options: [] },
      { kind: "volume", volume: "v", destination: "/e", options: ["ro"] },
    ]);
  });

  it("paths for memory, with options since they are split (I#2094)", () => {
    const text = "/x:size=1m,mode=700";
    expect(tmpfsOf([text, text], false)).toEqual([{ kind: "tmpfs", destination: text, options: [] }]);
    expect(tmpfsOf([text, "/y"], true)).toEqual([
      { kind: "tmpfs", destination: "/x", options: ["size=1m", "mode=700"] },
      { kind: "tmpfs", destination: "/y", options: [] },
    ]);
  });

  it("volumes by path, by name and without one", () => {
    expect(volumes("/a", `${directory}:/b`, "./file:/c:ro,noexec", "name:/d", ".:/e")).toEqual([
      { kind: "volume", volume: undefined, destination: "/a", options: [] },
      { kind: "host", source: directory, destination: "/b", options: [] },
      { kind: "host", source: join(directory, "file"), destination: "/c", options: ["ro", "noexec"] },
      { kind: "volume", volume: "name", destination: "/d", options: [] },
      { kind: "host", source: directory, destination: "/e", options: [] },
    ]);
  });

  it("names of 2 to 63 characters, and a UUID where there is none", () => {
    expect(["ab", "A.b_c-", "a".repeat(63)].map(containerIdOf)).toEqual(["ab", "A.b_c-", "a".repeat(63)]);
    expect(containerIdOf(undefined)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("paths are added to the standard ones, which NONE takes away", () => {
    expect(guardedPathsOf("masked-path", [])).toBeUndefined();
    expect(guardedPathsOf("read-only-path", ["/x"])).toEqual([
      ...["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
      "/x",
    ]);
    expect(guardedPathsOf("masked-path", ["/x", "NONE", "/y"])).toEqual(["/y"]);
  });
});

describe("the program of a container", () => {
  const image = { Entrypoint: ["entry", "-x"], Cmd: ["command"] };
  it.each<[string | undefined, string[], string[]]>([
    [undefined, [], ["entry", "-x", "command"]],
    [undefined, ["a", "b"], ["entry", "-x", "a", "b"]],
    ["other", [], ["other"]],
    ["other", ["a"], ["other", "a"]],
    ["", [], ["entry", "-x", "command"]],
  ])("--entrypoint %j with %j", (entrypoint, given, words) => {
    const { executable, arguments: others } = commandLineOf(image, entrypoint, given);
    expect([executable, ...others]).toEqual(words);
  });
});

describe("variables", () => {
  const own = { HOST: "h" };
  const file = (text: string | Buffer) => {
    const path = join(directory, "env");
    writeFileSync(path, text);
    return path;
  };
  const fromFile = (text: string | Buffer) => addedEnvironment({ files: [file(text)], variables: [], own });

  it("the last one counts, and each is there once", () => {
    const environment = environmentOf({
      image: ["A=image", "B=image", "C=image"],
      files: [file("B=file\nC=file\n")],
      variables: ["C=option", "HOST", "MISSING", "EMPTY="],
      own,
    });
    expect(environment.sort()).toEqual(["A=image", "B=file", "C=option", "EMPTY=", "HOST=h"]);
  });

  it("exec adds them without looking at what is there", () => {
    expect(addedEnvironment({ files: [], variables: ["A=1", "A=2", "HOST"], own })).toEqual([
      "A=1",
      "A=2",
      "HOST=h",
    ]);
  });

  it("a file has a variable a line, word by word", () => {
    expect(fromFile('# comment\n\n  A= b "c" # d \nHOST\nMISSING\r\nE=f=g')).toEqual([
      'A= b "c" # d ',
      "HOST=h",
      "E=f=g",
    ]);
  });

  it.each<[string, string | Buffer]>([
    ["variable 'A B' contains whitespaces", "A B=c"],
    ["variable 'export A' contains whitespaces", "export A=1"],
    ["no variable name on line '=x'", "=x"],
  ])("a file is refused: %s", (message, text) => {
    expect(() => fromFile(text)).toThrow(expect.objectContaining({ message }));
  });

  it("a file has to be there and to be UTF-8", () => {
    expect(() => fromFile(Buffer.from([0x41, 0x3d, 0xff]))).toThrow(
      `env file ${join(directory, "env")} contains invalid utf8 bytes`,
    );
    expect(() => addedEnvironment({ files: ["/no"], variables: [], own })).toThrow(
      "failed to read envfile at /no",
    );
  });
});
