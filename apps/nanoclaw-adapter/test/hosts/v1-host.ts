import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { agentImage, copyAgent, openDirectory } from "./installation.js";
import { Journal } from "./journal.js";

const execute = promisify(execFile);

const START = "---NANOCLAW_OUTPUT_START---";
const END = "---NANOCLAW_OUTPUT_END---";

export interface V1HostOptions {
  /** The project's directory, which must be the working directory of everything that the host starts. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Where `main` may see the project. Default: none is main. */
  readonly main?: string;
}

/** A run that is there: first answer by its standard input, the others by IPC. */
interface Run {
  readonly name: string;
  readonly child: ChildProcessWithoutNullStreams;
  /** Answers in the order in which they came; null at the end. */
  next(): Promise<string | null>;
  readonly ended: Promise<{ exitCode: number | null; stderr: string }>;
}

/**
 * NanoClaw 1 as a container sees it (`nanoclaw.md §1`): the bare name `docker`, its argument list, ContainerInput as
 * JSON on standard input, results between markers, the IPC directory, the file `_close`.
 */
export class V1Host {
  readonly journal: Journal;
  /** What containers have said by IPC, by the directory that it lay in. */
  readonly messages: { folder: string; text: string }[] = [];
  readonly #options: V1HostOptions;
  readonly #runs = new Map<string, Run>();

  constructor(options: V1HostOptions) {
    this.#options = options;
    this.journal = new Journal(join(options.root, "data", "journal.jsonl"));
  }

  /** As at NanoClaw's start: the runtime must answer, and what an earlier host has left is stopped. */
  async start(): Promise<string[]> {
    await this.docker(["info"]);
    const { stdout } = await this.docker(["ps", "--filter", "name=nanoclaw-", "--format", "{{.Names}}"]);
    const orphans = stdout.split("\n").filter(Boolean);
    for (const name of orphans) await this.docker(["stop", name]);
    return orphans;
  }

  docker(argv: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    const { root, environment } = this.#options;
    return execute("docker", [...argv], { cwd: root, env: environment });
  }

  /**
   * Delivers the answer to a chat's next prompt. `fresh` ends the run before, if there is one, so that this prompt
   * starts another; else it is a follow-up.
   */
  async turn(folder: string, turn: number, prompt: string, fresh: boolean): Promise<void> {
    if (fresh) await this.close(folder);
    let run = this.#runs.get(folder);
    if (run === undefined) {
      run = this.startRun(folder, prompt);
      this.#runs.set(folder, run);
    } else {
      this.#followUp(folder, turn, prompt);
    }
    const text = await run.next();
    if (text === null) {
      const { exitCode, stderr } = await run.ended;
      throw new Error(`The run of ${folder} has ended without an answer: ${exitCode} ${stderr}`);
    }
    this.journal.deliver({ folder, turn, text });
  }

  /** Asks a group's run to end, and waits for it. */
  async close(folder: string): Promise<void> {
    const run = this.#runs.get(folder);
    if (run === undefined) return;
    writeFileSync(join(this.#ipc(folder), "input", "_close"), "");
    const { exitCode, stderr } = await run.ended;
    this.#runs.delete(folder);
    if (exitCode !== 0) throw new Error(`The run of ${folder} ended with ${exitCode}: ${stderr}`);
    this.#collectMessages(folder);
  }

  /** Starts a run and gives it its input. */
  startRun(folder: string, prompt: string, words: readonly string[] = this.argumentsOf(folder)): Run {
    const { root, environment } = this.#options;
    const child = spawn("docker", [...words], { cwd: root, env: environment, stdio: "pipe" });
    child.stdin.on("error", () => undefined);
    child.stdin.end(
      JSON.stringify({
        prompt,
        sessionId: "session",
        groupFolder: folder,
        chatJid: `${folder}@chat`,
        isMain: this.#options.main === folder,
        secrets: { ANTHROPIC_API_KEY: "sk-of-the-tests" },
      }),
    );
    const answers = new AnswerQueue();
    child.stdout.setEncoding("utf8").on("data", (text: string) => answers.feed(text));
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = once(child, "close").then(([exitCode]) => {
      answers.end();
      return { exitCode: exitCode as number | null, stderr };
    });
    return { name: nameIn(words), child, next: () => answers.next(), ended };
  }

  /** `docker run` as NanoClaw 1.2.0 writes it. */
  argumentsOf(folder: string): string[] {
    const { root, main } = this.#options;
    const groups = join(root, "groups");
    const data = join(root, "data");
    openDirectory(join(groups, folder));
    for (const part of ["messages", "tasks", "input"]) openDirectory(join(this.#ipc(folder), part));
    const sessions = openDirectory(join(data, "sessions", folder, ".claude"));
    const source = join(data, "sessions", folder, "agent-runner-src");
    if (!existsSync(source)) copyAgent(source);
    const mounts: string[] = [];
    const mount = (host: string, container: string, readOnly = false) =>
      mounts.push("-v", `${host}:${container}${readOnly ? ":ro" : ""}`);
    if (main === folder) {
      mount(root, "/workspace/project", true);
      if (existsSync(join(root, ".env"))) mount("/dev/null", "/workspace/project/.env", true);
    }
    mount(join(groups, folder), "/workspace/group");
    if (main !== folder && existsSync(join(groups, "global"))) {
      mount(join(groups, "global"), "/workspace/global", true);
    }
    mount(sessions, "/home/node/.claude");
    mount(this.#ipc(folder), "/workspace/ipc");
    mount(source, "/app/src");
    const name = `nanoclaw-${folder.replace(/[^a-zA-Z0-9-]/g, "-")}-${Date.now()}`;
    return ["run", "-i", "--rm", "--name", name, "-e", "TZ=UTC", ...mounts, agentImage];
  }

  #followUp(folder: string, turn: number, text: string): void {
    const file = join(this.#ipc(folder), "input", `${String(turn).padStart(6, "0")}.json`);
    writeFileSync(`${file}.tmp`, JSON.stringify({ type: "message", text }));
    renameSync(`${file}.tmp`, file);
  }

  #ipc(folder: string): string {
    return join(this.#options.root, "data", "ipc", folder);
  }

  #collectMessages(folder: string): void {
    const directory = join(this.#ipc(folder), "messages");
    for (const name of readdirSync(directory).filter((each) => each.endsWith(".json"))) {
      const { text } = JSON.parse(readFileSync(join(directory, name), "utf8")) as { text: string };
      this.messages.push({ folder, text });
      rmSync(join(directory, name));
    }
  }
}

function nameIn(words: readonly string[]): string {
  return words[words.indexOf("--name") + 1] ?? "";
}

/** Results between markers, as they come in pieces. */
class AnswerQueue {
  #text = "";
  readonly #answers: (string | null)[] = [];
  #wake: (() => void) | undefined;

  feed(text: string): void {
    this.#text += text;
    for (;;) {
      const start = this.#text.indexOf(START);
      const end = this.#text.indexOf(END, start);
      if (start < 0 || end < 0) return;
      const { result } = JSON.parse(this.#text.slice(start + START.length, end)) as { result: string | null };
      this.#text = this.#text.slice(end + END.length);
      if (result === null) continue;
      this.#answers.push(result);
      this.#wake?.();
    }
  }

  end(): void {
    this.#answers.push(null);
    this.#wake?.();
  }

  async next(): Promise<string | null> {
    while (this.#answers.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    // The end stays: whoever asks again is told again.
    return this.#answers[0] === null ? null : (this.#answers.shift() ?? null);
  }
}
