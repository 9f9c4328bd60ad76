import type { HostDriver, HostMountPolicy } from "./contract.js";

type Factory = (policy: HostMountPolicy) => HostDriver;

export const registered = new Map<string, Factory>();

export function registerSessionDriver(kind: string, factory: Factory): void {
  registered.set(kind, factory);
}
