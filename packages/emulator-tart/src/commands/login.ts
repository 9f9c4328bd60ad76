import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { Command, Parsed } from "../arguments/parsed.js";
import { RuntimeFailure, SystemFailure } from "../failures.js";
import { type Credentials, storeCredentials } from "../store/credentials.js";
import { accepts } from "../store/registry.js";

export const run: Command = async (parsed, home) => {
  const host = parsed.text("host");
  const credentials = await askFor(parsed);
  if (!parsed.flag("no-validate") && !accepts(home, host, credentials)) {
    throw new RuntimeFailure(`invalid credentials: ${host} answered with status 401`);
  }
  storeCredentials(home, host, credentials);
  return 0;
};

async function askFor(parsed: Parsed): Promise<Credentials> {
  const username = parsed.optionalText("username");
  if (username !== undefined) return { username, password: (await text(process.stdin)).replace(/\n$/, "") };
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const ask = async (prompt: string) => {
    process.stdout.write(prompt);
    const { value, done } = await lines.next();
    if (done) throw new SystemFailure("the input ended before there were a user and a password");
    return value;
  };
  return { username: await ask("User: "), password: await ask("Password: ") };
}
