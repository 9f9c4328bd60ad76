import { execFile } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv, promisify } from "node:util";
import { SandboxError } from "@nanoclaw/sandbox";
import type { AgentProfile } from "../agents/profile.js";
import type { Installation } from "../installation.js";

/** Where secrets come from. A later one wins. */
export type SecretSource =
  /** This program's environment. */
  | { readonly from: "environment" }
  /** Lines of NAME=value. Default: `.env` of the installation, which may be missing. */
  | { readonly from: "file"; readonly path?: string }
  /** A program that prints lines of NAME=value, such as one of a password manager. No shell. */
  | { readonly from: "command"; readonly argv: readonly string[]; readonly timeoutMs?: number };

export interface SecretOptions {
  /** Default: `[{ from: "file" }]`, as NanoClaw does. */
  readonly sources?: readonly SecretSource[];
  /** The only names that are looked for. Default: those of the agent's profile. */
  readonly names?: readonly string[];
}

const maxBytes = 64 * 1024;
const commandMs = 10_000;
const run = promisify(execFile);

/** Read afresh for each run, and only the names that the agent may see. */
export async function readSecrets(
  profile: AgentProfile,
  installation: Installation,
  { sources = [{ from: "file" }], names = profile.secrets }: SecretOptions = {},
): Promise<Record<string, string>> {
  for (const name of names) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
    throw new SandboxError("invalid_argument", `A secret is named ${JSON.stringify(name)}.`, {
      hint: "Use letters, digits and _, not a digit first.",
    });
  }
  const secrets: Record<string, string> = {};
  for (const source of sources) {
    const found = await valuesOf(source, installation);
    for (const name of names) {
      const value = found[name];
      if (value) secrets[name] = value;
    }
  }
  return secrets;
}

async function valuesOf(
  source: SecretSource,
  installation: Installation,
): Promise<Readonly<Record<string, string | undefined>>> {
  switch (source.from) {
    case "environment":
      return process.env;
    case "file":
      return parseEnv(await readSecretFile(source.path, installation));
    case "command":
      return parseEnv(await runSecretCommand(source.argv, source.timeoutMs ?? commandMs));
    default:
      throw new SandboxError("invalid_argument", "A source of secrets is of no known kind.", {
        hint: 'Write { from: "environment" }, { from: "file" } or { from: "command", argv }.',
      });
  }
}

async function readSecretFile(path: string | undefined, { root }: Installation): Promise<string> {
  const name = path ?? join(root, ".env");
  try {
    await using file = await open(name, "r");
    if ((await file.stat()).size > maxBytes) {
      throw new SandboxError("invalid_argument", `${name} is longer than ${maxBytes} bytes.`, {
        hint: "Keep secrets in a file of their own.",
      });
    }
    return await file.readFile("utf8");
  } catch (error) {
    if (SandboxError.is(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && path === undefined) return "";
    throw new SandboxError("invalid_argument", `The secrets in ${name} cannot be read: ${code}.`, {
      cause: error,
    });
  }
}

/** What the command printed may hold secrets: no error here carries any of it. */
async function runSecretCommand(argv: readonly string[], timeoutMs: number): Promise<string> {
  const [program, ...words] = argv;
  if (!program) {
    throw new SandboxError("invalid_argument", "The command for secrets is empty.", {
      hint: "Name a program.",
    });
  }
  try {
    const { stdout } = await run(program, words, {
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: maxBytes,
      encoding: "utf8",
    });
    return stdout;
  } catch (error) {
    const { code, killed } = error as { code?: string | number; killed?: boolean };
    const how =
      code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER"
        ? `printed more than ${maxBytes} bytes`
        : killed
          ? `did not end within ${timeoutMs} ms`
          : typeof code === "number"
            ? `exited with ${code}`
            : `could not be run: ${code ?? "it was ended by a signal"}`;
    throw new SandboxError(
      "invalid_argument",
      `The command for secrets, ${JSON.stringify(program)}, ${how}.`,
      {
        hint: "Run it by hand to see what it says.",
      },
    );
  }
}
