import { createRequire } from "node:module";
import { Command, Option } from "commander";
import { commandWords } from "./command-line/command-words.js";
import { parseDuration } from "./command-line/duration.js";
import { KEEP_MS } from "./keep.js";
import {
  addCommandOptions,
  addEngineOptions,
  addSandboxOptions,
  addStreamOptions,
  texts,
} from "./options.js";

const examples = `
Examples:
  sandbox doctor                                     which engines are there
  sandbox run -- npm test                            one command in a fresh sandbox
  sandbox run -v .:/work -w /work -it -- sh          a shell that sees this directory and cannot write to it
  sandbox run --secret API_KEY --network none -- ./agent

Exit codes of run and exec: the command's own; 128+n after signal n; 124 when --timeout ended it; 125 when the
sandbox failed. 2: the command line is wrong.`;

/**
 * The command line. Each action imports what it needs: most of a short run would otherwise be loading.
 *
 * @param signal Aborted when the user wants out.
 * @param done Called with the exit code.
 * @param onVerbose Called before the action when the user wants to be told more.
 */
export function createProgram(
  signal: AbortSignal,
  done: (exitCode: number) => void,
  onVerbose: () => void,
): Command {
  const program = new Command("sandbox")
    .description("Run commands in a sandbox, on any engine.")
    .version(version(), "-V, --version")
    .addHelpText("after", examples)
    .enablePositionalOptions()
    .exitOverride()
    .hook("preAction", (_, action) => {
      if (action.opts().verbose === true) onVerbose();
    })
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, "sandbox: ")),
    });
  const command = (usage: string, about: string): Command => program.command(usage).description(about);

  command("doctor", "say which engines are there, and what fixes those that are not")
    .argument("[engine...]", "default: all that are known")
    .option("--engine-option <key=value>", "option of the engine's adapter", texts)
    .option("--json", "print a list of engines as JSON")
    .action(async (engines: string[], flags) => {
      const { doctor } = await import("./commands/doctor.js");
      done(await doctor(engines, flags, signal));
    });

  const run = command("run", "run a command in a fresh sandbox, and remove the sandbox")
    .argument("<command...>", "everything from the first word, or from -- on")
    .usage("[options] [--] <command...>")
    .passThroughOptions();
  addStreamOptions(run)
    .addOption(
      new Option(
        "--keep [ttl]",
        "keep the sandbox for a while after the command, to look inside; --keep=2h, default 1h",
      ).argParser((text) => (text === "" ? 0 : parseDuration(text))),
    )
    .option("--ttl <duration>", "how long --keep keeps", parseDuration);
  addEngineOptions(addSandboxOptions(run)).action(async (words: string[], flags) => {
    const { run } = await import("./commands/run.js");
    done(await run(words, flags, signal));
  });

  const create = command("create", "create a sandbox that lives on, and print its id").option(
    "--ttl <duration>",
    "how long it lives",
    parseDuration,
    KEEP_MS,
  );
  addEngineOptions(addSandboxOptions(create))
    .option("--json", "print id, name, engine and end as JSON")
    .action(async (flags) => {
      const { create } = await import("./commands/create.js");
      done(await create(flags, signal));
    });

  const exec = command("exec", "run a command in a sandbox that is there")
    .argument("<sandbox>", "id or name")
    .argument("<command...>")
    .usage("[options] <sandbox> [--] <command...>")
    .passThroughOptions();
  addEngineOptions(addCommandOptions(addStreamOptions(exec))).action(
    async (idOrName: string, words: string[], flags) => {
      const command = commandWords(words);
      const { exec } = await import("./commands/exec.js");
      done(await exec(idOrName, command, flags, signal));
    },
  );

  addEngineOptions(command("cp", "copy files between the host and a sandbox"))
    .argument("<from>", "a host path, or SANDBOX:PATH")
    .argument("<to>", "SANDBOX:PATH, or a host path")
    .action(async (from: string, to: string, flags) => {
      const { cp } = await import("./commands/cp.js");
      done(await cp(from, to, flags, signal));
    });

  addEngineOptions(command("ls", "list the sandboxes that are there"))
    .option("-q, --quiet", "print ids alone")
    .option("--json", "print a list of sandboxes as JSON")
    .action(async (flags) => {
      const { ls } = await import("./commands/ls.js");
      done(await ls(flags, signal));
    });

  addEngineOptions(command("rm", "remove sandboxes, whatever runs in them"))
    .argument("<sandbox...>", "ids or names")
    .action(async (idsOrNames: string[], flags) => {
      const { rm } = await import("./commands/rm.js");
      done(await rm(idsOrNames, flags, signal));
    });

  addEngineOptions(command("gc", "show what dead owners left behind, and with --force remove it"))
    .option("--force", "remove it")
    .addOption(new Option("--yes", "the same").implies({ force: true }))
    .option("--json", "print what was removed, or would be, as JSON")
    .action(async (flags) => {
      const { gc } = await import("./commands/gc.js");
      done(await gc(flags, signal));
    });

  command("conformance", "run the checks that every adapter must pass against an engine")
    .argument("<engine>", "docker, local, an adapter's package or its path")
    .option("--engine-option <key=value>", "option of the engine's adapter", texts)
    .option("--image <image>", "image for the checks' sandboxes; it needs a POSIX shell")
    .option("--other-user <user>", "a user of the guest beside its default one")
    .option("--only <check>", "a guarantee such as G5, or a check such as G5.kill-detached", texts)
    .option("--full", "also the gigabytes and the long series")
    .option("--seed <text>", "the random moments of an earlier report")
    .option("--json", "print the report as JSON")
    .action(async (engine: string, flags) => {
      const { conformance } = await import("./commands/conformance.js");
      done(await conformance(engine, flags, signal));
    });

  return program;
}

function version(): string {
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  return version;
}
