import { expect, it } from "vitest";
import { gatewayOf } from "./host-alias.js";

it("finds the way to the host as Linux shows it", () => {
  const routes = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`;
  expect(gatewayOf(routes)).toBe("172.17.0.1");
});

it("finds it as macOS shows it", () => {
  expect(gatewayOf("   route to: default\ndestination: default\n    gateway: 192.168.64.1\n")).toBe(
    "192.168.64.1",
  );
});

it("takes no route for no way", () => {
  expect(gatewayOf("Iface\tDestination\tGateway\n")).toBeUndefined();
  expect(gatewayOf("eth0\t000011AC\t00000000\t0001\n")).toBeUndefined();
  expect(gatewayOf("")).toBeUndefined();
});
