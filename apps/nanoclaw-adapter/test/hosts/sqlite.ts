import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** Runs SQL by the `sqlite3` program, opening and closing the file, as NanoClaw's host does for each operation. */
export async function sql(file: string, statements: string): Promise<string> {
  const child = spawn("sqlite3", ["-batch", "-noheader", "-cmd", ".timeout 5000", file], { stdio: "pipe" });
  const output = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  child.stdin.on("error", () => undefined);
  child.stdin.end(statements);
  const [stdout, stderr, [exitCode]] = await output;
  if (exitCode === 0 && stderr === "") return stdout;
  throw new Error(`sqlite3 ${file}: ${exitCode} ${stderr}`);
}

/** Any text as an SQL expression. */
export function literal(value: string): string {
  return `cast(x'${Buffer.from(value).toString("hex")}' as text)`;
}

/** Opposite of `hex()` in a query. */
export function fromHex(hex: string): string {
  return Buffer.from(hex, "hex").toString();
}
