import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { newKeys } from "../../src/guest/ssh-access.js";

const program = "/usr/sbin/sshd";

/** Why there cannot be a server here, and what helps. */
export const missing = !existsSync(program)
  ? "no sshd: apt-get install openssh-server"
  : process.getuid?.() !== 0
    ? "sshd for its own user only: run as root"
    : undefined;

/** A real OpenSSH server on this host that lets this user in by one key. */
export class TestSshd {
  readonly port: number;
  readonly username = userInfo().username;
  readonly privateKey: string;
  readonly hostKey: string;
  readonly #directory: string;
  #child: ChildProcess | undefined;

  private constructor(directory: string, port: number, privateKey: string, hostKey: string) {
    this.#directory = directory;
    this.port = port;
    this.privateKey = privateKey;
    this.hostKey = hostKey;
  }

  static async make(options: readonly string[] = []): Promise<TestSshd> {
    const directory = await mkdtemp(join(tmpdir(), "sshd-"));
    const hostKeyFile = join(directory, "host_key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", hostKeyFile]);
    const key = newKeys();
    await writeFile(join(directory, "authorized_keys"), `${key.publicKey}\n`, { mode: 0o600 });
    await chmod(directory, 0o755);
    const port = await freePort();
    const lines = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${hostKeyFile}`,
      `AuthorizedKeysFile ${join(directory, "authorized_keys")}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
      // Its start-up files are not for these tests.
      `SetEnv HOME=${directory}`,
      ...options,
    ];
    await writeFile(join(directory, "config"), `${lines.join("\n")}\n`);
    const hostKey = await readFile(`${hostKeyFile}.pub`, "utf8");
    return new TestSshd(directory, port, key.privateKey, hostKey);
  }

  /** How many connections it has let in, ever. */
  connections = 0;

  async start(): Promise<void> {
    mkdirSync("/run/sshd", { recursive: true });
    // It must not outlive a run that is killed.
    const command = ["--pdeathsig", "KILL", program, "-D", "-e", "-f", join(this.#directory, "config")];
    const child = spawn("setpriv", command, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`sshd exited with ${code}`)));
      child.stderr?.on("data", (data: Buffer) => {
        this.connections += data.toString().split("Accepted publickey").length - 1;
        if (data.includes("Server listening")) resolve();
      });
    });
  }

  /** Ends the server and every session of it. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    // Sessions are processes of their own groups.
    const sessions = execFileSync("ps", ["-o", "pid=", "--ppid", String(child.pid)], { encoding: "utf8" });
    child.kill("SIGKILL");
    for (const pid of sessions.trim().split(/\s+/)) if (pid) process.kill(Number(pid), "SIGKILL");
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop().catch(() => undefined);
    await rm(this.#directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
