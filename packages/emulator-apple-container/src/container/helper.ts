import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { type HelperSettings, settingsText } from "./settings-text.js";

/** Nothing of the environment that the emulator is called in reaches a guest. */
const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

/** The ends of a guest process's streams. */
export interface ProcessPipes {
  /** Undefined where the process has no input. */
  readonly stdin: Socket | undefined;
  readonly stdout: Socket;
  readonly stderr: Socket;
}

/** A program of `guest/` that looks after one process in a container. It outlives the service. */
export class Helper {
  private readonly waiting: ((line: string | undefined) => void)[] = [];
  private readonly lines: string[] = [];
  private over = false;
  private complaint = "";
  /** Settles when the program has ended and all that it said has been taken. */
  readonly ended: Promise<void>;

  private constructor(
    private readonly child: ChildProcess & { stdin: Duplex; stdout: Duplex; stderr: Duplex },
  ) {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.complaint = (this.complaint + text).slice(-4096);
    });
    // Told by its end.
    child.stdin.on("error", () => child.stdin.destroy());
    createInterface({ input: child.stdout }).on("line", (line) => {
      const next = this.waiting.shift();
      if (next) next(line);
      else this.lines.push(line);
    });
    this.ended = once(child, "close").then(() => {
      this.over = true;
      for (const next of this.waiting.splice(0)) next(undefined);
    });
  }

  /**
   * @param name A program in `guest/`.
   * @param files The container's own files: who looks at processes knows the program's by them.
   * @param owner A connection whose end is the container's.
   */
  static start(name: "container" | "enter", files: string, settings: HelperSettings, owner?: Socket): Helper {
    const path = fileURLToPath(new URL(`../guest/${name}.pl`, import.meta.url));
    const child = spawn("perl", [path, files], {
      cwd: "/",
      // In a process group of its own it is not reached by a terminal's signals.
      detached: true,
      env: environment,
      stdio: ["pipe", "pipe", "pipe", ...(owner === undefined ? [] : [owner])],
    });
    const helper = new Helper(child as Helper["child"]);
    child.stdin?.write(settingsText({ ...settings, owned: owner !== undefined }));
    return helper;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  say(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** What it says next; undefined once it has ended. */
  async hear(): Promise<string | undefined> {
    const line = this.lines.shift();
    if (line !== undefined || this.over) return line;
    return await new Promise((resolve) => this.waiting.push(resolve));
  }

  /**
   * What it says next, if that begins with this word: the rest of the line.
   *
   * @throws An `Error` with what it said instead.
   */
  async expect(word: string): Promise<string> {
    const line = await this.hear();
    if (line === word) return "";
    if (line?.startsWith(`${word} `)) return line.slice(word.length + 1);
    throw new Error(line?.replace(/^failed /, "").trim() || this.complaint.trim() || "its helper ended");
  }

  /** Opens the pipes that the program has made, and lets it go on. */
  async openPipes(): Promise<ProcessPipes> {
    const numbers = new Map(
      (await this.expect("pipes")).split(" ").map((pair) => pair.split("=") as [string, string]),
    );
    const open = (name: string, flags: number) => {
      const descriptor = openSync(`/proc/${this.pid}/fd/${numbers.get(name)}`, flags | constants.O_NONBLOCK);
      return new Socket({
        fd: descriptor,
        readable: flags === constants.O_RDONLY,
        writable: flags !== constants.O_RDONLY,
      });
    };
    const pipes = {
      stdin: numbers.has("in") ? open("in", constants.O_WRONLY) : undefined,
      stdout: open("out", constants.O_RDONLY),
      stderr: open("error", constants.O_RDONLY),
    };
    this.say("go");
    return pipes;
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}
