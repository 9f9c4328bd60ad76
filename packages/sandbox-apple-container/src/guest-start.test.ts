import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { ProcessSpec, TerminalSize } from "@nanoclaw/sandbox/adapter";
import { afterAll, describe, expect, test } from "vitest";
import { ClientProcess } from "./client-process.js";
import { guestStart, resizeCommand } from "./guest-start.js";

/** The host's own shells, in the place of a client and the guest's. */
const shells = ["/bin/dash", "/bin/bash", "/bin/busybox"].filter(existsSync);
/** Busybox is the shell by this name alone. */
const links = mkdtempSync(join(tmpdir(), "guest-start-"));
afterAll(() => rmSync(links, { recursive: true }));

function shellOf(program: string): string {
  const path = join(links, `${basename(program)}`, "sh");
  if (existsSync(path)) return path;
  mkdirSync(dirname(path));
  symlinkSync(program, path);
  return path;
}

function started(shell: string, spec: ProcessSpec): ClientProcess {
  const { argv, line } = guestStart(spec, shell);
  const [program = "", ...args] = argv;
  const child = spawn(program, args, {
    env: { ...process.env, TERM: "", A: "of the sandbox", n: "n", line: "line" },
  });
  const ended = new Promise<{ exitCode: number | undefined }>((resolve) => {
    child.once("exit", (code) => resolve({ exitCode: code ?? undefined }));
  });
  const { stdin, stdout, stderr } = child;
  const resize = async (terminal: string, size: TerminalSize): Promise<void> => {
    const [sizer = "", ...words] = resizeCommand(terminal, size, "/bin/sh");
    await new Promise((resolve) => spawn(sizer, words).once("exit", resolve));
  };
  return new ClientProcess(
    { stdin, stdout, stderr, ended, kill: () => void child.kill("SIGKILL") },
    { command: "exec", line, tty: spec.tty !== undefined, resize },
  );
}

async function outputOf(process: ClientProcess): Promise<{ stdout: string; stderr: string }> {
  const collected = { stdout: "", stderr: "" };
  for await (const { stream, data } of process.output)
    collected[stream] += Buffer.from(data).toString("latin1");
  return collected;
}

describe.each(shells)("by %s", (name) => {
  const shell = shellOf(name);

  test("a program begins as it was given, and its bytes are passed on", async () => {
    const script = 'printf "%s|" "$@"; printf "\\000started\\000\\377"; cat; echo err >&2; exit 7';
    const process = started(shell, {
      argv: ["/bin/sh", "-c", script, "sh", "-x", "", "a  b", "--", "é'\"\n"],
    });
    await process.started;
    process.stdin.end("input");
    const { stdout, stderr } = await outputOf(process);
    expect(Buffer.from(stdout, "latin1").toString("latin1")).toBe(
      `${Buffer.from("-x||a  b|--|é'\"\n|").toString("latin1")}\0started\0\xffinput`,
    );
    expect(stderr).toBe("err\n");
    await expect(process.exited).resolves.toEqual({ exitCode: 7, signal: null });
  });

  test("environment and directory come over its input, and nothing else of it is taken", async () => {
    const env = { A: "new\n'value' $HOME `x` \\n", SECRET: "s3cret" };
    const process = started(shell, {
      argv: ["/bin/sh", "-c", 'pwd; printf "%s" "$A$SECRET$n$line"; cat'],
      cwd: "/usr",
      env,
    });
    await process.started;
    process.stdin.end("input");
    expect((await outputOf(process)).stdout).toBe(`/usr\n${env.A}${env.SECRET}nlineinput`);
    expect(guestStart({ argv: ["env"], env }, shell).argv.join(" ")).not.toContain("s3cret");
  });

  test("a directory that is not there is told as that", async () => {
    const process = started(shell, { argv: ["pwd"], cwd: "/no/such/directory" });
    await expect(process.started).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(process.exited).rejects.toMatchObject({ code: "invalid_argument" });
  });

  test("a program that is not there, and one that may not be run, have the shell's codes", async () => {
    for (const [program, exitCode] of [
      ["/no/such/program", 127],
      ["/etc/passwd", 126],
    ] as const) {
      const process = started(shell, { argv: [program] });
      await outputOf(process);
      await expect(process.exited).resolves.toEqual({ exitCode, signal: null });
    }
  });

  test.skipIf(!existsSync("/usr/bin/script"))(
    "a terminal has its size, gets another, and all is one output",
    async () => {
      const script = 'stty size; read -r word; stty size; echo "$word" >&2; tty; exit 3';
      const process = started(shell, {
        argv: ["/bin/sh", "-c", script],
        tty: { columns: 91, rows: 17 },
        cwd: "/",
      });
      await process.started;
      const output = outputOf(process);
      await process.resize?.({ columns: 40, rows: 12 });
      process.stdin.write("a word\n");
      const { stdout, stderr } = await output;
      expect(stdout.replaceAll("\r", "").split("\n")).toEqual(
        expect.arrayContaining(["12 40", "a word", expect.stringMatching(/^\/dev\/pts\/\d+$/)]),
      );
      expect(stderr).toBe("");
      await expect(process.exited).resolves.toEqual({ exitCode: 3, signal: null });
    },
  );
});

test("what is said instead of a beginning is the failure", async () => {
  const child = spawn("/bin/sh", ["-c", "echo 'Error: get failed: container a not found' >&2; exit 1"]);
  const ended = new Promise<{ exitCode: number | undefined }>((resolve) => {
    child.once("exit", (code) => resolve({ exitCode: code ?? undefined }));
  });
  const { stdin, stdout, stderr } = child;
  const process = new ClientProcess(
    { stdin, stdout, stderr, ended, kill: () => void child.kill("SIGKILL") },
    { command: "exec" },
  );
  await expect(process.started).rejects.toMatchObject({ code: "sandbox_not_found" });
  await expect(text(stdout)).resolves.toBe("");
});
