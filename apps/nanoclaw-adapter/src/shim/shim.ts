import { type Installation, installationAt } from "../installation.js";
import type { Host } from "../run/group-sandbox.js";
import { type Call, parseCall } from "./flags.js";
import { Refusal } from "./refusal.js";

export interface ShimOptions {
  /** Policy, engines and places of an installation. Called by what needs them, once. */
  readonly openHost: (installation: Installation) => Promise<Host>;
}

/** Exit code of any call but `run` that could not be carried out. */
const FAILED = 1;

/** Carries out one call of `docker …` with this process's streams, and gives its exit code. */
export async function runShim(argv: readonly string[], { openHost }: ShimOptions): Promise<number> {
  try {
    const installation = installationAt();
    let host: Promise<Host> | undefined;
    const getHost = () => {
      host ??= openHost(installation);
      return host;
    };
    return await carryOut(parseCall(argv), argv, installation, getHost);
  } catch (error) {
    const { messageOf } = await import("./messages.js");
    process.stderr.write(messageOf(error));
    if (error instanceof Refusal) return error.exitCode;
    return argv[0] === "run" ? new Refusal("").exitCode : FAILED;
  }
}

async function carryOut(
  call: Call,
  argv: readonly string[],
  installation: Installation,
  getHost: () => Promise<Host>,
): Promise<number> {
  switch (call.command) {
    case "version":
      process.stdout.write("nanoclaw-sandbox in place of docker\n");
      return 0;
    case "info":
      return await (await import("./info.js")).info(getHost);
    case "ps":
      return await (await import("./list.js")).list(call.flags, installation, getHost);
    case "stop":
      return await (await import("./stop.js")).stop(call, installation, getHost);
    case "run":
      return await (await import("./run.js")).run(call, installation, getHost);
    case "build":
      return await (await import("./docker-program.js")).passOn(argv);
    case "image inspect":
      return await (await import("./image-inspect.js")).inspectImages(call, getHost);
    case "network inspect":
      for (const name of call.names)
        process.stderr.write(`Error: No such network: ${JSON.stringify(name)}\n`);
      return FAILED;
    case "network create":
    case "network connect":
      throw new Refusal(`docker ${call.command}: there are no networks of Docker's here.`, {
        hint: 'Leave NANOCLAW_EGRESS_LOCKDOWN unset, and give the group "network": "none" in the policy instead.',
      });
  }
}
