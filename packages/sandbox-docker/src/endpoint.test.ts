import { describe, expect, it } from "vitest";
import { type Endpoint, formatEndpoint, isLocal, parseHost, usualSockets } from "./endpoint.js";

describe("parseHost", () => {
  it.each<[string, string | undefined, Endpoint]>([
    ["unix:///var/run/docker.sock", undefined, { kind: "socket", path: "/var/run/docker.sock" }],
    ["unix:///a b/c.sock", "/certs", { kind: "socket", path: "/a b/c.sock" }],
    ["npipe:////./pipe/docker_engine", undefined, { kind: "socket", path: "//./pipe/docker_engine" }],
    ["tcp://10.0.0.5", undefined, { kind: "tcp", host: "10.0.0.5", port: 2375, tls: false }],
    ["tcp://engine:4243/", undefined, { kind: "tcp", host: "engine", port: 4243, tls: false }],
    ["http://localhost:80", undefined, { kind: "tcp", host: "localhost", port: 80, tls: false }],
    ["tcp://engine:2376", undefined, { kind: "tcp", host: "engine", port: 2376, tls: true }],
    ["https://engine", undefined, { kind: "tcp", host: "engine", port: 2376, tls: true }],
    ["tcp://engine:4243", "/certs", { kind: "tcp", host: "engine", port: 4243, tls: "/certs" }],
    ["tcp://[::1]:2375", undefined, { kind: "tcp", host: "::1", port: 2375, tls: false }],
  ])("reads %s", (text, certPath, endpoint) => {
    expect(parseHost(text, certPath)).toEqual(endpoint);
  });

  it.each([
    "",
    "docker.sock",
    "/var/run/docker.sock",
    "unix://relative",
    "tcp://",
    "ftp://x",
    "tcp://host/path",
  ])("refuses %j", (text) => {
    expect(() => parseHost(text)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });

  it("refuses SSH with the way around it", () => {
    expect(() => parseHost("ssh://user@host")).toThrow(
      expect.objectContaining({ code: "unsupported", hint: expect.stringContaining("user@host") }),
    );
  });

  it.each([
    "unix:///run/x.sock",
    "npipe:////./pipe/docker_engine",
    "tcp://engine:4243",
    "https://[::1]:2376",
  ])("writes %s as it reads it", (text) => {
    expect(formatEndpoint(parseHost(text))).toBe(text);
  });
});

it("knows which engines share this machine's files and loopback", () => {
  const local = ["unix:///x.sock", "tcp://localhost:1", "tcp://127.0.0.1:1", "tcp://[::1]:1"];
  const remote = ["tcp://10.0.0.1:1", "tcp://localhost.example.org:1", "https://engine"];
  expect(local.map((text) => isLocal(parseHost(text)))).toEqual(local.map(() => true));
  expect(remote.map((text) => isLocal(parseHost(text)))).toEqual(remote.map(() => false));
});

describe("usualSockets", () => {
  const sockets = usualSockets({
    platform: "linux",
    home: "/home/u",
    environment: { XDG_RUNTIME_DIR: "/run/user/7" },
  });

  it("begins with the one that the docker command uses", () => {
    expect(sockets[0]).toBe("/var/run/docker.sock");
  });

  it.each([
    "/home/u/.docker/run/docker.sock",
    "/home/u/.colima/default/docker.sock",
    "/home/u/.orbstack/run/docker.sock",
    "/home/u/.rd/docker.sock",
    "/run/user/7/docker.sock",
    "/run/user/7/podman/podman.sock",
    "/run/podman/podman.sock",
  ])("has %s", (path) => {
    expect(sockets).toContain(path);
  });

  it("leaves out what an unset variable would name", () => {
    const bare = usualSockets({ platform: "linux", home: "/home/u", environment: {} });
    expect(bare.join()).not.toContain("undefined");
  });
});
