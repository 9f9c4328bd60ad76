import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { agentImage, copyAgent, openDirectory } from "./installation.js";
import { Journal } from "./journal.js";
import { fromHex, literal, sql } from "./sqlite.js";

const execute = promisify(execFile);

export interface V2HostOptions {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Of NanoClaw's tables, the columns that a container and the delivery need. */
const inboundTables = `create table messages_in (id text primary key, seq integer, kind text, timestamp text,
  status text default 'pending', content text);
create table delivered (message_id text primary key, delivered_at text);`;
const outboundTables = `create table messages_out (id text primary key, seq integer, in_reply_to text, timestamp text,
  kind text, content text);
create table processing_ack (message_id text primary key, status text, status_changed text);`;

/**
 * NanoClaw 2.0 as a container sees it (`nanoclaw.md §2`): the bare name `docker`, its argument list, and a session's
 * directory with two databases, each with one writer, and a heartbeat.
 */
export class V2Host {
  readonly journal: Journal;
  readonly slug: string;
  readonly #options: V2HostOptions;
  readonly #containers = new Map<
    string,
    { name: string; child: ChildProcess; ended: Promise<number | null> }
  >();

  constructor(options: V2HostOptions) {
    this.#options = options;
    this.journal = new Journal(join(options.root, "data", "journal.jsonl"));
    this.slug = createHash("sha1").update(options.root).digest("hex").slice(0, 8);
  }

  /** As at NanoClaw's start. What was pending when the last host ended is answered by the turns' own waits. */
  async start(): Promise<string[]> {
    await this.docker(["info"]);
    const filter = `label=nanoclaw-install=${this.slug}`;
    const { stdout } = await this.docker(["ps", "--filter", filter, "--format", "{{.Names}}"]);
    const orphans = stdout.split("\n").filter(Boolean);
    for (const name of orphans) await this.docker(["stop", "-t", "1", name]);
    return orphans;
  }

  docker(argv: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    const { root, environment } = this.#options;
    return execute("docker", [...argv], { cwd: root, env: environment });
  }

  /** Writes a prompt where it is not there yet, wakes the container, and delivers the answer once. */
  async turn(folder: string, turn: number, prompt: string): Promise<void> {
    const id = `in-${turn}`;
    await this.#prepare(folder);
    await sql(
      this.#database(folder, "inbound"),
      `insert or ignore into messages_in (id, seq, kind, timestamp, content)
        values ('${id}', ${2 * turn}, 'chat', datetime('now'), ${literal(JSON.stringify({ text: prompt }))});`,
    );
    this.wake(folder);
    await this.#deliver(folder, turn, id);
  }

  /** Starts a session's container unless it is there. */
  wake(folder: string): void {
    if (this.#containers.has(folder)) return;
    const { root, environment } = this.#options;
    const words = this.argumentsOf(folder);
    const child = spawn("docker", words, { cwd: root, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout?.resume();
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = once(child, "close").then(([exitCode]) => {
      this.#containers.delete(folder);
      this.#failures.set(folder, stderr);
      return exitCode as number | null;
    });
    this.#containers.set(folder, { name: words[words.indexOf("--name") + 1] ?? "", child, ended });
  }

  readonly #failures = new Map<string, string>();

  /** `killContainer`: by name, and the client's end is its own. Returns the client's exit code. */
  async kill(folder: string): Promise<number | null> {
    const container = this.#containers.get(folder);
    if (container === undefined) return null;
    await this.docker(["stop", "-t", "1", container.name]);
    return await container.ended;
  }

  /** How long ago the container has said that it lives, in milliseconds. */
  heartbeatAgeMs(folder: string): number {
    return Date.now() - statSync(join(this.session(folder), ".heartbeat")).mtimeMs;
  }

  session(folder: string): string {
    return join(this.#options.root, "data", "v2-sessions", `agent-${folder}`, "session");
  }

  /** `docker run` as NanoClaw 2.0.64 writes it, its `bun` replaced by the stub's shell. */
  argumentsOf(folder: string): string[] {
    const { root } = this.#options;
    const group = join(root, "groups", folder);
    const agentGroup = join(root, "data", "v2-sessions", `agent-${folder}`);
    const mounts: string[] = [];
    const mount = (host: string, container: string, readOnly = false) =>
      mounts.push("-v", `${host}:${container}${readOnly ? ":ro" : ""}`);
    mount(this.session(folder), "/workspace");
    mount(group, "/workspace/agent");
    mount(join(group, "container.json"), "/workspace/agent/container.json", true);
    mount(join(group, "CLAUDE.md"), "/workspace/agent/CLAUDE.md", true);
    mount(join(group, ".claude-fragments"), "/workspace/agent/.claude-fragments", true);
    mount(join(root, "groups", "global"), "/workspace/global", true);
    mount(join(root, "container", "CLAUDE.md"), "/app/CLAUDE.md", true);
    mount(join(agentGroup, ".claude-shared"), "/home/node/.claude");
    mount(join(root, "container", "agent-runner", "src"), "/app/src", true);
    return [
      ...["run", "--rm", "--name", `nanoclaw-v2-${folder}-${Date.now()}`],
      ...["--label", `nanoclaw-install=${this.slug}`, "-e", "TZ=UTC"],
      ...["--add-host=host.docker.internal:host-gateway", ...mounts],
      ...["--entrypoint", "bash", agentImage, "-c", "exec sh /app/src/session.sh"],
    ];
  }

  async #prepare(folder: string): Promise<void> {
    const { root } = this.#options;
    const group = openDirectory(join(root, "groups", folder));
    openDirectory(this.session(folder));
    openDirectory(join(root, "data", "v2-sessions", `agent-${folder}`, ".claude-shared"));
    openDirectory(join(group, ".claude-fragments"));
    openDirectory(join(root, "groups", "global"));
    const source = join(root, "container", "agent-runner", "src");
    if (!existsSync(source)) {
      copyAgent(source);
      writeFileSync(join(root, "container", "CLAUDE.md"), "# Instructions for all\n");
    }
    writeFileSync(join(group, "CLAUDE.md"), `# ${folder}\n`);
    writeFileSync(join(group, "container.json"), JSON.stringify({ groupName: folder }));
    const outbound = this.#database(folder, "outbound");
    if (existsSync(outbound)) return;
    await sql(this.#database(folder, "inbound"), inboundTables);
    await sql(outbound, outboundTables);
    for (const name of ["inbound", "outbound"] as const) chmodSync(this.#database(folder, name), 0o666);
  }

  /** Polls as NanoClaw does, only more often. A turn that was delivered before is not delivered again. */
  async #deliver(folder: string, turn: number, id: string): Promise<void> {
    const inbound = this.#database(folder, "inbound");
    const query = `select hex(content) from messages_out where in_reply_to = '${id}';`;
    for (;;) {
      // A reader may meet the container's transaction: it is asked again, as NanoClaw does.
      const answer = await sql(this.#database(folder, "outbound"), query).catch(() => "");
      if (answer !== "") {
        const { text } = JSON.parse(fromHex(answer.trim())) as { text: string };
        if (!this.journal.ofGroup(folder).some((delivery) => delivery.turn === turn)) {
          this.journal.deliver({ folder, turn, text });
        }
        await sql(
          inbound,
          `insert or ignore into delivered values ('out-${id}', datetime('now'));
          update messages_in set status = 'completed' where id = '${id}';`,
        );
        return;
      }
      if (!this.#containers.has(folder)) {
        throw new Error(
          `The container of ${folder} has ended without an answer: ${this.#failures.get(folder)}`,
        );
      }
      await delay(20);
    }
  }

  #database(folder: string, name: "inbound" | "outbound"): string {
    return join(this.session(folder), `${name}.db`);
  }
}
