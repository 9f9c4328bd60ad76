import type { SandboxDriver, SandboxProvider } from "@nanoclaw/sandbox/adapter";

/**
 * The same object with some members replaced. Everything else is asked of the original, methods with the
 * original as `this`, so that private fields and getters of classes keep working.
 */
function changed<T extends object>(original: T, changes: Partial<T>): T {
  return new Proxy({} as T, {
    get(_, key) {
      if (key in changes) return changes[key as keyof T];
      const value: unknown = Reflect.get(original, key);
      return typeof value === "function" ? value.bind(original) : value;
    },
    has: (_, key) => key in changes || key in original,
  });
}

/** A provider that differs from `provider` in what is given. */
export function changedProvider(
  provider: SandboxProvider,
  changes: Partial<SandboxProvider>,
): SandboxProvider {
  return changed(provider, changes);
}

/** A driver that differs from `driver` in what is given. */
export function changedDriver(driver: SandboxDriver, changes: Partial<SandboxDriver>): SandboxDriver {
  return changed(driver, changes);
}

/** A provider that counts how often it was asked to create. */
export function countingProvider(provider: SandboxProvider): {
  readonly provider: SandboxProvider;
  creates(): number;
} {
  let creates = 0;
  return {
    provider: changedProvider(provider, {
      create: (request, context) => {
        creates++;
        return provider.create(request, context);
      },
    }),
    creates: () => creates,
  };
}
