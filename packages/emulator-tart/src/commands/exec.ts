import type { ClientDuplexStream, ServiceError } from "@grpc/grpc-js";
import type { Command, Parsed } from "../arguments/parsed.js";
import { notRunning, RuntimeFailure, SystemFailure } from "../failures.js";
import type { TartHome } from "../store/home.js";
import { isAtLeast } from "../store/settings.js";
import { openLocal, runnerOf, type VmDirectory } from "../store/vm-directory.js";
import { agentClient, waitForAgent } from "../vm/agent-client.js";
import { statusText } from "../vm/grpc-status.js";
import { agentService } from "../vm/guest-agent/protocol.js";

const CONNECT_MS = 5000;

interface Output {
  readonly exit?: { readonly code: number };
  readonly standard_output?: { readonly data: Buffer };
  readonly standard_error?: { readonly data: Buffer };
}

type Call = ClientDuplexStream<object, Output>;

export const run: Command = async (parsed, home) => {
  const machine = openLocal(home, parsed.text("name"));
  if (home.settings.hostMacOS < 14) {
    throw new RuntimeFailure('"tart exec" is only available on macOS 14 (Sonoma) or newer');
  }
  if (runnerOf(home, machine) === undefined) throw notRunning(machine.name);
  if (parsed.flag("t") && !process.stdout.isTTY) {
    // The real one stops at an assertion.
    process.kill(process.pid, "SIGTRAP");
  }
  const client = agentClient(machine);
  while (!(await waitForAgent(client, CONNECT_MS))) {
    if (!waitsForBoot(home, machine)) throw unreachable();
  }
  const method = agentService("new").Exec;
  if (method === undefined) throw new Error("the schema has no Exec");
  const call = client.makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
  ) as Call;
  try {
    return await converse(call, parsed);
  } finally {
    client.close();
  }
};

/** Later releases wait as long as an agent may still come. */
function waitsForBoot(home: TartHome, machine: VmDirectory): boolean {
  if (runnerOf(home, machine) === undefined) return false;
  return isAtLeast(home.settings, "2.40.0") && machine.readContents().agent !== "none";
}

function unreachable(): RuntimeFailure {
  return new RuntimeFailure(
    "Failed to connect to the VM using its control socket: The operation couldn’t be completed. " +
      "(GRPC.GRPCConnectionPoolError error 1.), is the Tart Guest Agent running?",
  );
}

function converse(call: Call, parsed: Parsed): Promise<number> {
  const [name = "", ...args] = parsed.texts("command");
  const [interactive, tty] = [parsed.flag("i"), parsed.flag("t")];
  const size = () => ({ rows: process.stdout.rows, cols: process.stdout.columns });
  call.write({ command: { name, args, interactive, tty, ...(tty && { terminal_size: size() }) } });
  if (interactive) forwardInput(call);
  if (tty) process.stdout.on("resize", () => call.write({ terminal_resize: size() }));
  if (tty && process.stdin.isTTY) process.stdin.setRawMode(true);
  return new Promise((resolve, reject) => {
    // Without an exit code all is taken to be well.
    let exitCode = 0;
    call.on("data", (message: Output) => {
      if (message.exit) exitCode = message.exit.code & 0xff;
      if (message.standard_output) forwardOutput(call, process.stdout, message.standard_output.data);
      if (message.standard_error) forwardOutput(call, process.stderr, message.standard_error.data);
    });
    call.on("error", (error: ServiceError) => reject(new SystemFailure(statusText(error))));
    call.on("end", () => {
      // Both must be out before the process ends.
      process.stdout.write("", () => process.stderr.write("", () => resolve(exitCode)));
    });
  });
}

function forwardInput(call: Call): void {
  process.stdin.on("data", (data: Buffer) => {
    if (call.write({ standard_input: { data } })) return;
    process.stdin.pause();
    call.once("drain", () => process.stdin.resume());
  });
  process.stdin.on("end", () => call.write({ standard_input: { data: Buffer.alloc(0) } }));
}

function forwardOutput(call: Call, stream: NodeJS.WriteStream, data: Buffer): void {
  if (stream.write(data)) return;
  call.pause();
  stream.once("drain", () => call.resume());
}
