import type { AddressInfo } from "node:net";
import { type Command, Option } from "commander";
import { installationOf } from "../command-line/installation.js";
import { interruptSignal } from "../command-line/interrupt.js";

interface StatusFlags {
  readonly json?: boolean;
  readonly prometheus?: boolean;
  readonly listen?: string;
}

export function addStatusCommand(program: Command): void {
  program
    .command("status")
    .description("show what runs, what waits and for what, and what became of the runs until now")
    .option("--json", "print it as JSON")
    .addOption(new Option("--prometheus", "print it as Prometheus reads it").conflicts("json"))
    .addOption(
      new Option(
        "--listen <address>",
        "serve it to Prometheus at http://<address>/metrics, such as 127.0.0.1:9477, until interrupted",
      ).conflicts(["json", "prometheus"]),
    )
    .action(async (flags: StatusFlags, command: Command) => {
      const { collectStatus } = await import("../metrics/status.js");
      const installation = installationOf(command);
      if (flags.listen !== undefined) return serve(flags.listen, () => collectStatus(installation));
      const { formatTable, print, printJson } = await import("../command-line/output.js");
      const { figuresOf, statusText } = await import("../metrics/status-text.js");
      const status = await collectStatus(installation);
      if (flags.json) return printJson({ figures: figuresOf(status), ...status });
      if (!flags.prometheus) return print(statusText(status, formatTable));
      const { prometheusText } = await import("../metrics/prometheus.js");
      await print(prometheusText(status).trimEnd());
    });
}

type Collect = () => Promise<import("../metrics/status.js").Status>;

async function serve(address: string, collect: Collect): Promise<void> {
  const { notice } = await import("../command-line/output.js");
  const { prometheusText } = await import("../metrics/prometheus.js");
  const { parseAddress, serveMetrics } = await import("../metrics/serve.js");
  const signal = interruptSignal();
  const server = await serveMetrics(parseAddress(address), async () => prometheusText(await collect()));
  const { address: host, family, port } = server.address() as AddressInfo;
  await notice(`Metrics are at http://${family === "IPv6" ? `[${host}]` : host}:${port}/metrics`);
  await new Promise((resolve) => {
    signal.addEventListener("abort", resolve, { once: true });
    if (signal.aborted) resolve(undefined);
  });
  server.closeAllConnections();
  server.close();
}
