import { type Command, Option } from "commander";
import { parseDuration } from "./command-line/duration.js";
import { parseMount } from "./command-line/mount.js";
import { parseCount, parsePort, parsePositive } from "./command-line/number.js";
import { parseGibibytes, parseMebibytes } from "./command-line/size.js";

/** An option that may be given several times. */
function list<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before) => [...(before ?? []), parse(text)];
}

/** The same for plain text. */
export const texts = list((text) => text);

/** Which engine, and how much is told about it. */
export function addEngineOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--engine <name>",
        "docker, local, an adapter's package or its path; default: see doctor",
      ).env("SANDBOX_ENGINE"),
    )
    .option("--engine-option <key=value>", "option of the engine's adapter, such as runtime=runsc", texts)
    .option("--verbose", "tell more: the engine and why it was chosen, the causes of errors");
}

/** What the sandbox is made of and what it may do. */
export function addSandboxOptions(command: Command): Command {
  return command
    .option("--image <image>", "what the guest is made of; default: the adapter's")
    .option("--name <name>", "a name that exec, cp and rm understand")
    .option("-e, --env <name=value>", "environment; NAME alone passes the host's value on", texts)
    .option("--env-file <path>", "environment from a file of NAME=VALUE lines", texts)
    .option("--secret <name>", "secret environment, from the host's NAME; NAME=@FILE reads a file", texts)
    .option(
      "-v, --mount <source:target>",
      "a host path in the sandbox, read-only unless :rw follows",
      list(parseMount),
    )
    .option("-w, --workdir <path>", "working directory in the sandbox")
    .option("-u, --user <user>", "user in the sandbox; default: the image's")
    .option("-l, --label <key=value>", "kept with the sandbox", texts)
    .option("--cpus <number>", "CPUs at most, fractions allowed", parsePositive)
    .option("-m, --memory <size>", "memory at most, such as 512m or 2g", parseMebibytes)
    .option("--disk <size>", "writable space at most, such as 10g", parseGibibytes)
    .option("--pids <number>", "processes and threads at most", parseCount)
    .addOption(
      new Option("--network <kind>", "open: the engine's usual way out; none: loopback only").choices([
        "open",
        "none",
      ]),
    )
    .option("-p, --port <number>", "a port of the sandbox to open on the host's loopback", list(parsePort))
    .addOption(
      new Option("--require-isolation <kind>", "refuse a weaker wall").choices([
        "process",
        "container",
        "vm",
      ]),
    );
}

/** How the command is connected with this terminal. */
export function addStreamOptions(command: Command): Command {
  return command
    .option("-i, --interactive", "pass standard input on")
    .option("-t, --tty", "give the command a terminal, and the keyboard with Ctrl-C to it")
    .option(
      "--timeout <duration>",
      "kill the command after this time, such as 90s; exit code 124",
      parseDuration,
    );
}

/** What a single command may differ in from its sandbox. */
export function addCommandOptions(command: Command): Command {
  return command
    .option("-e, --env <name=value>", "environment; NAME alone passes the host's value on", texts)
    .option("--env-file <path>", "environment from a file of NAME=VALUE lines", texts)
    .option("--secret <name>", "secret environment, from the host's NAME; NAME=@FILE reads a file", texts)
    .option("-w, --workdir <path>", "working directory in the sandbox")
    .option("-u, --user <user>", "user in the sandbox");
}
