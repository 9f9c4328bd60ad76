import type { RawProcess } from "@nanoclaw/sandbox/adapter";
import { expect, it } from "vitest";
import type { Transport } from "../src/transport.js";
import { asleep, context, living, newMark } from "./transport-promises.js";

/** What comes from a terminal, and waiting for it. */
class Screen {
  text = "";
  readonly process: RawProcess;
  readonly over: Promise<void>;
  #wake: (() => void) | undefined;

  constructor(process: RawProcess) {
    this.process = process;
    this.over = this.#read();
    // Told by who waits for it.
    this.over.catch(() => undefined);
  }

  async #read(): Promise<void> {
    for await (const { stream, data } of this.process.output) {
      expect(stream).toBe("stdout");
      this.text += Buffer.from(data).toString("latin1");
      this.#wake?.();
    }
  }

  async shows(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

async function terminal(transport: Transport, code: string, env = {}): Promise<Screen> {
  const tty = { columns: 101, rows: 37 };
  return new Screen(await transport.spawn({ argv: ["sh", "-c", code], tty, env }, context));
}

/** What every way into a guest has to keep of terminals. */
export function keepsTerminalPromises(open: () => Promise<Transport>): void {
  it("gives a terminal of the size asked for, and tells how its command ends", async () => {
    const screen = await terminal(
      await open(),
      "test -t 0 && test -t 1 && test -t 2 && echo three; stty size; exit 3",
    );
    await screen.over;
    expect(screen.text.replaceAll("\r", "")).toBe("three\n37 101\n");
    expect(await screen.process.exited).toEqual({ exitCode: 3, signal: null });
  });

  it("resizes a terminal and tells the command", async () => {
    const screen = await terminal(
      await open(),
      "trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done",
    );
    await screen.shows("ready");
    await screen.process.resize?.({ columns: 132, rows: 50 });
    await screen.shows("50 132");
    await screen.process.kill?.("SIGKILL");
    expect(await screen.process.exited).toEqual({ exitCode: null, signal: "SIGKILL" });
  });

  it("echoes, and passes control characters on as signals", async () => {
    const transport = await open();
    const mark = newMark();
    const code = `trap 'echo interrupted' INT; echo ready; read -r line; echo "got $line"; sleep ${mark}; echo after; cat; echo over`;
    const screen = await terminal(transport, code);
    await screen.shows("ready");
    screen.process.stdin.write("typed\n");
    await screen.shows("got typed");
    expect(screen.text).toContain("\ntyped\r\n");
    while (!(await asleep(transport, mark)));
    screen.process.stdin.write("\x03");
    await screen.shows("after");
    expect(screen.text).toContain("interrupted");
    screen.process.stdin.write("line\n");
    await screen.shows("line\r\nline\r\n");
    screen.process.stdin.write("\x04");
    await screen.over;
    expect(screen.text).toContain("over");
    expect(await screen.process.exited).toEqual({ exitCode: 0, signal: null });
  });

  it("can be used by a shell, and passes every byte in raw mode", async () => {
    const transport = await open();
    const shell = new Screen(
      await transport.spawn({ argv: ["sh", "-i"], tty: { columns: 80, rows: 24 } }, context),
    );
    shell.process.stdin.write("echo $((6*7)); kill -INT $$; echo still here\n");
    await shell.shows("42");
    await shell.shows("still here\r\n");
    shell.process.stdin.write("exit 5\n");
    expect(await shell.process.exited).toEqual({ exitCode: 5, signal: null });
    const raw = await terminal(
      transport,
      "stty raw -echo && echo ready; dd bs=1 count=256 2>/dev/null; stty sane",
    );
    await raw.shows("ready\n");
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    raw.process.stdin.write(every);
    await raw.over;
    const from = raw.text.indexOf("ready\n") + 6;
    expect(raw.text.slice(from, from + 256)).toBe(every.toString("latin1"));
  });

  it("gives a terminal secrets without showing them, and words with control characters", async () => {
    const secret = "s3cr3t\r\n\x03\x04'";
    const screen = await terminal(
      await open(),
      'test "$TOKEN" = "$(printf "s3cr3t\\r\\n\\003\\004\'")" && echo same',
      {
        TOKEN: secret,
      },
    );
    await screen.over;
    expect(screen.text.replaceAll("\r", "")).toBe("same\n");
  });

  it("kills the tree of a command on a terminal", async () => {
    const transport = await open();
    const mark = newMark();
    const screen = await terminal(
      transport,
      `trap '' HUP TERM INT; sleep ${mark} & echo ready; sleep ${mark}`,
    );
    await screen.shows("ready");
    await screen.process.kill?.("SIGKILL");
    expect(await living(transport, mark)).toBe(0);
    expect(await screen.process.exited).toEqual({ exitCode: null, signal: "SIGKILL" });
  });
}
