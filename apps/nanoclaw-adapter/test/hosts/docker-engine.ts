import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

/** What a list of containers tells of each. */
export interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

/** Asks a Docker engine by its socket, past everything of ours. */
export async function askEngine<T>(socketPath: string, path: string): Promise<T> {
  const asked = request({ socketPath, path, agent: false });
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const told = await text(answer);
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${told}`);
  return JSON.parse(told) as T;
}
