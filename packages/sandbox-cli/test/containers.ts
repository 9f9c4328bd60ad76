import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** The containers that a Docker engine has of the installation with this directory, whatever their state. */
export async function containersOf(dockerHost: string, directory: string): Promise<string[]> {
  const installation = installationOf(directory);
  if (installation === undefined || !existsSync(socketOf(dockerHost))) return [];
  const filters = JSON.stringify({ label: [`dev.nanoclaw.sandbox.installation=${installation}`] });
  const answer = await ask(dockerHost, `/containers/json?all=1&filters=${encodeURIComponent(filters)}`);
  const containers = JSON.parse(answer) as { Names: string[]; State: string }[];
  return containers.map(({ Names, State }) => `container ${Names.join(", ")} (${State})`);
}

/** All that a Docker engine knows of a container. */
export function inspect(dockerHost: string, name: string): Promise<string> {
  return ask(dockerHost, `/containers/${name}/json`);
}

/**
 * Makes a container that was never started, with the labels of another one: what an owner leaves that was killed, with
 * its guardian, in the middle of create.
 */
export async function leaveBehind(
  dockerHost: string,
  name: string,
  like: string,
  change?: Labels,
): Promise<void> {
  const { Config } = JSON.parse(await inspect(dockerHost, like)) as {
    Config: { Image: string; Labels: Labels };
  };
  const body = JSON.stringify({ Image: Config.Image, Labels: { ...Config.Labels, ...change } });
  await ask(dockerHost, `/containers/create?name=${name}`, "POST", body);
}

export async function removeContainer(dockerHost: string, name: string): Promise<void> {
  await ask(dockerHost, `/containers/${name}?force=1`, "DELETE");
}

type Labels = Record<string, string>;

function socketOf(dockerHost: string): string {
  return dockerHost.replace(/^unix:\/\//, "");
}

function installationOf(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, "state", "nanoclaw-sandbox", "installation"), "utf8").trim();
  } catch {
    // Nothing was ever made.
    return undefined;
  }
}

async function ask(dockerHost: string, path: string, method = "GET", body?: string): Promise<string> {
  const asked = request({
    socketPath: socketOf(dockerHost),
    path,
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    agent: false,
  });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const told = await text(answer);
  if ((answer.statusCode ?? 500) >= 400) throw new Error(`${method} ${path}: ${answer.statusCode} ${told}`);
  return told;
}
