import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Installation } from "../installation.js";
import type { Runtime } from "../runtime.js";
import { Refusal } from "./refusal.js";

/** A run as other calls of `docker` find it. */
export interface RunRecord {
  readonly name: string;
  readonly folder: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent until the engine is chosen: before that nothing is made. */
  readonly runtime?: Runtime;
}

/** Longest path of a Unix socket on macOS, in bytes. */
const SOCKET_PATH_BYTES = 103;

/** For the first word of a process that is asked to stop. One that was stopped itself never says it. */
const ANSWER_MS = 2_000;

/**
 * The runs of one installation, on disk before the first side effect. Beside each record is a socket that the run's
 * own process listens on: it tells, without process ids that others might have by now, that the process is there, and
 * takes the wish to stop.
 */
export class RunRecords {
  readonly #directory: string;

  constructor({ stateDirectory }: Installation) {
    this.#directory = join(stateDirectory, "runs");
  }

  /**
   * Claims a name for as long as this process lives.
   *
   * @throws Refusal when a run of this name is there.
   */
  async claim(record: RunRecord): Promise<OwnRun> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const { file, socket } = this.#pathsOf(record.name);
    const taken = () =>
      new Refusal(`docker run: the name ${record.name} is in use by another run.`, {
        hint: "NanoClaw gives each run a name of its own.",
      });
    if (Buffer.byteLength(socket) > SOCKET_PATH_BYTES) {
      throw new Refusal(`docker run: the path of the state directory is too long for a socket: ${socket}`, {
        hint: "Set XDG_STATE_HOME to a shorter path.",
      });
    }
    const server = createServer();
    if (!(await listen(server, socket))) {
      if (await this.isAlive(record.name)) throw taken();
      // Left by a process that was killed; what it may have left on an engine has the record's name.
      await rm(socket, { force: true });
      if (!(await listen(server, socket))) throw taken();
    }
    const run = new OwnRun(server, file, socket);
    await run.write(record);
    return run;
  }

  async list(): Promise<RunRecord[]> {
    const names = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    const texts = await Promise.all(
      names
        .filter((name) => name.endsWith(".json"))
        .map((name) => readFile(join(this.#directory, name), "utf8").catch(() => undefined)),
    );
    // One that went away meanwhile is over.
    return texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as RunRecord]));
  }

  async find(name: string): Promise<RunRecord | undefined> {
    return (await this.list()).find((record) => record.name === name);
  }

  /** Whether the process of the run is there. */
  async isAlive(name: string): Promise<boolean> {
    const socket = await open(this.#pathsOf(name).socket);
    socket?.destroy();
    return socket !== undefined;
  }

  /**
   * Asks the run's own process to stop, and waits for its end: at most `timeoutMs`, and no longer than a moment for one
   * that does not even answer. What is left then is the caller's to end.
   */
  async askToStop(name: string, graceMs: number, timeoutMs: number): Promise<void> {
    const socket = await open(this.#pathsOf(name).socket);
    if (socket === undefined) return;
    await new Promise<void>((resolve) => {
      const giveUp = () => socket.destroy();
      let timer = setTimeout(giveUp, ANSWER_MS);
      socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      socket.once("data", () => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, timeoutMs);
      });
      socket.write(`${JSON.stringify({ graceMs })}\n`);
    });
  }

  /** Forgets a run whose process and sandbox are gone. */
  async forget(name: string): Promise<void> {
    const { file, socket } = this.#pathsOf(name);
    await rm(socket, { force: true });
    await rm(`${file}.next`, { force: true });
    await rm(file, { force: true });
  }

  /** Names may have 128 characters, and paths of sockets 103. */
  #pathsOf(name: string): { file: string; socket: string } {
    const short = createHash("sha256").update(name).digest("hex").slice(0, 16);
    return { file: join(this.#directory, `${short}.json`), socket: join(this.#directory, `${short}.sock`) };
  }
}

/** The run of this process. */
export class OwnRun {
  readonly #file: string;
  readonly #socket: string;
  #asked: number | undefined;
  #stop: ((graceMs: number) => void) | undefined;

  constructor(server: Server, file: string, socket: string) {
    this.#file = file;
    this.#socket = socket;
    server.on("connection", (connection) => this.#listenTo(connection));
    server.unref();
  }

  /** Calls back when somebody wants the run to stop, or has already. */
  onStop(stop: (graceMs: number) => void): void {
    this.#stop = stop;
    if (this.#asked !== undefined) stop(this.#asked);
  }

  /** The connection stays open: its end tells the other side that this process has ended. */
  #listenTo(connection: Socket): void {
    connection.unref();
    connection.on("error", () => undefined);
    let line = "";
    connection.setEncoding("utf8").on("data", (text: string) => {
      line += text;
      if (!line.endsWith("\n")) return;
      const { graceMs } = JSON.parse(line) as { graceMs: number };
      connection.write("heard\n");
      this.#asked ??= graceMs;
      this.#stop?.(graceMs);
    });
  }

  /** Replaced as a whole, so that a reader finds the old one or the new one. */
  async write(record: RunRecord): Promise<void> {
    // The name is this run's alone: what a killed one has left there goes with the next, or with its record.
    const next = `${this.#file}.next`;
    await writeFile(next, JSON.stringify(record), { mode: 0o600 });
    await rename(next, this.#file);
  }

  /** Once nothing of the run is left. */
  async end(): Promise<void> {
    await rm(this.#socket, { force: true });
    await rm(this.#file, { force: true });
  }
}

/** False when there is a socket of this name already. */
function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("listening", () => {
      server.removeAllListeners("error");
      resolve(true);
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      server.removeAllListeners("listening");
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen(path);
  });
}

/** Undefined when nobody listens. */
function open(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    });
  });
}
