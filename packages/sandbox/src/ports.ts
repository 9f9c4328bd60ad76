import type { CallOptions } from "./command-options.js";
import { SandboxError } from "./contract/error.js";
import { checkKeys, checkSignal, checkTimeout } from "./internal/check.js";
import { checkPort } from "./internal/check-create.js";
import type { Session } from "./internal/session.js";

/** A port of the guest as the host reaches it. */
export interface SandboxPort extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`. */
  readonly url: string;
  close(): Promise<void>;
}

export class SandboxPorts {
  readonly #session: Session;

  /** @internal */
  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Opens a way from the host's loopback to a TCP port of the guest.
   *
   * @throws SandboxError `unsupported` on an engine that cannot, or that must know the port at create.
   */
  async open(port: number, options: CallOptions = {}): Promise<SandboxPort> {
    checkPort(port);
    checkKeys("ports.open", options, ["timeoutMs", "signal"]);
    checkTimeout("timeoutMs", options.timeoutMs);
    checkSignal("signal", options.signal);
    const { driver, provider, ports } = this.#session;
    return await this.#session.operation("ports.open", options, async (signal) => {
      const ability = provider.capabilities.ports;
      if (ability === "never" || !driver.openPort) {
        throw new SandboxError("unsupported", `${provider.name} cannot open ports.`, {
          hint: "Choose another engine.",
        });
      }
      if (ability === "create" && ports && !ports.includes(port)) {
        throw new SandboxError(
          "unsupported",
          `${provider.name} opens only ports that were named at create.`,
          {
            hint: `Create the sandbox with ports: [${[...ports, port].join(", ")}].`,
          },
        );
      }
      const opened = await driver.openPort(port, this.#session.context(signal));
      const close = async (): Promise<void> => await opened.close?.();
      const address = opened.host.includes(":") ? `[${opened.host}]` : opened.host;
      return {
        host: opened.host,
        port: opened.port,
        url: `http://${address}:${opened.port}`,
        close,
        [Symbol.asyncDispose]: close,
      };
    });
  }
}
