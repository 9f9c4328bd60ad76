// @module-tag thorough

import { describe, expect, test } from "vitest";
import { overlap, parseSubnet, subnetText } from "../src/state/subnet.js";
import { container, succeed } from "./commands.js";
import { BUSYBOX, useService } from "./running.js";

test("subnets overlap where one has an address of the other", () => {
  const subnet = (text: string) => parseSubnet(text) ?? { first: -1, prefix: 0 };
  expect(subnetText(subnet("10.1.2.3/16"))).toBe("10.1.0.0/16");
  expect(subnetText(subnet("255.255.255.255/32"))).toBe("255.255.255.255/32");
  expect(overlap(subnet("10.0.0.0/24"), subnet("10.0.0.128/25"))).toBe(true);
  expect(overlap(subnet("10.0.0.0/25"), subnet("10.0.0.128/25"))).toBe(false);
  expect(overlap(subnet("0.0.0.0/0"), subnet("10.0.0.128/25"))).toBe(true);
  for (const text of ["", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/8/8", "::/0"]) {
    expect(parseSubnet(text)).toBeUndefined();
  }
});

describe("networks", () => {
  const service = useService();
  const call = (...argv: string[]) => container(service.emulator, argv);
  const ok = (...argv: string[]) => succeed(service.emulator, ...argv);

  test("are there from the beginning: one, which is built in", async () => {
    expect(await ok("network", "list")).toBe("NETWORK  SUBNET\ndefault  192.168.64.0/24\n");
    expect(JSON.parse(await ok("n", "ls", "--format", "json"))).toEqual([
      {
        id: "default",
        configuration: {
          name: "default",
          creationDate: expect.any(String),
          mode: "nat",
          labels: { "com.apple.container.resource.role": "builtin" },
          plugin: "container-network-vmnet",
          options: {},
        },
        status: { ipv4Subnet: "192.168.64.0/24", ipv4Gateway: "192.168.64.1" },
      },
    ]);
  });

  test("are made with the addresses that were asked for, or the next that are free", async () => {
    expect(await ok("network", "create", "--internal", "--label", "a.b/c=d=e", "inner")).toBe("inner\n");
    await ok("network", "create", "--subnet", "10.9.0.0/16", "--subnet-v6", "fd00::/64", "wide");
    const [inner, wide] = JSON.parse(await ok("network", "inspect", "inner", "wide", "inner"));
    expect(inner).toMatchObject({
      configuration: { mode: "hostOnly", labels: { "a.b/c": "d=e" } },
      status: { ipv4Subnet: "192.168.65.0/24", ipv4Gateway: "192.168.65.1" },
    });
    expect(wide).toMatchObject({
      configuration: { mode: "nat", ipv4Subnet: "10.9.0.0/16", ipv6Subnet: "fd00::/64" },
      status: { ipv4Subnet: "10.9.0.0/16", ipv6Subnet: "fd00::/64" },
    });
    expect(await ok("network", "rm", "inner", "wide")).toBe("inner\nwide\n");
  });

  test.each([
    [["network", "create", "none"], "none"],
    [["network", "create", "a".repeat(64)], `invalid network name: ${"a".repeat(64)}`],
    [["network", "create", "-l", "x", "n"], undefined],
    [["network", "create", "--label", "UPPER=x", "n"], "invalid label key: UPPER"],
    [["network", "create", "--label", `a=${"b".repeat(4096)}`, "n"], "invalid label: a is too long"],
    [["network", "create", "--plugin", "other", "n"], "unable to locate network plugin other"],
    [["network", "delete"], "no networks specified and --all not supplied"],
    [["network", "delete", "-a", "x"], "explicitly supplied network name(s) conflict with the --all flag"],
    [["network", "delete", "missing"], 'failed to delete one or more networks: ["missing"]'],
    [["network", "inspect", "missing"], "network not found: missing"],
  ])("%j is refused", async (argv, text) => {
    const result = await call(...argv);
    expect(result).toMatchObject({ exitCode: text === undefined ? 64 : 1, stdout: "" });
    expect(result.stderr).toContain(text ?? "Unknown option '-l'");
  });

  test("that containers have are not deleted, nor pruned", async () => {
    await ok("network", "create", "used");
    await ok("network", "create", "free");
    await ok("create", "--name", "on", "--network", "used", BUSYBOX, "true");
    const result = await call("network", "delete", "used");
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('Error: delete failed for one or more networks: ["used"]\n');
    expect(await ok("network", "prune")).toBe("free\n");
    await ok("delete", "on");
    expect(await ok("network", "delete", "--all")).toBe("used\n");
  });

  test("take longer than their second to be listed, in a run as well", async () => {
    const text = "Error: XPC timeout for request to com.apple.container.apiserver/networkList\n";
    service.emulator.settings({ faults: ["network-list:2"] });
    expect(await call("network", "list")).toMatchObject({ exitCode: 1, stdout: "", stderr: text });
    expect((await service.run("true")).stderr).toBe(text);
    expect(await service.run("true")).toMatchObject({ exitCode: 0 });
  });
});
