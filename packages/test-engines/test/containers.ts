import { Readable } from "node:stream";
import { askEngine } from "../src/engine/api.js";
import { type TestImageName, testImages } from "../src/images/test-images.js";

export interface ContainerOptions {
  readonly image?: TestImageName;
  readonly command?: readonly string[];
  readonly name?: string;
  readonly host?: object;
  readonly exposedPorts?: object;
}

/** Creates and starts a container, and gives its id. */
export async function startContainer(socketPath: string, options: ContainerOptions): Promise<string> {
  const query = options.name === undefined ? "" : `?name=${options.name}`;
  const created = await post(socketPath, `/containers/create${query}`, {
    Image: testImages[options.image ?? "busybox"].reference,
    Cmd: options.command ?? ["sleep", "1000"],
    ExposedPorts: options.exposedPorts,
    HostConfig: { Init: true, ...options.host },
  });
  const id = stringField(JSON.parse(created), "Id");
  await post(socketPath, `/containers/${id}/start`);
  return id;
}

/** Runs a container to its end and gives what it wrote, both streams, and its exit code. */
export async function runContainer(
  socketPath: string,
  options: ContainerOptions,
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const id = await startContainer(socketPath, options);
  const { StatusCode: exitCode } = JSON.parse(await post(socketPath, `/containers/${id}/wait`));
  const stdout = withoutHeaders(await get(socketPath, `/containers/${id}/logs?stdout=true`));
  const stderr = withoutHeaders(await get(socketPath, `/containers/${id}/logs?stderr=true`));
  await askEngine(socketPath, `/containers/${id}?force=true&v=true`, { method: "DELETE" });
  return { stdout, stderr, exitCode };
}

/** What the engine tells of a container, an image or anything else. */
export async function inspect(socketPath: string, path: string): Promise<unknown> {
  return JSON.parse((await get(socketPath, path)).toString("utf8"));
}

export async function post(socketPath: string, path: string, body?: object): Promise<string> {
  const { status, body: answer } = await askEngine(socketPath, path, {
    method: "POST",
    ...(body && { body: Readable.from([JSON.stringify(body)]), contentType: "application/json" }),
  });
  if (status >= 300) throw new Error(`${path}: status ${status}: ${answer}`);
  return answer;
}

async function get(socketPath: string, path: string): Promise<Buffer> {
  const { status, body, bytes } = await askEngine(socketPath, path);
  if (status >= 300) throw new Error(`${path}: status ${status}: ${body}`);
  return bytes;
}

/** Each write of the container comes with eight bytes before it, the last four of which are its length. */
function withoutHeaders(bytes: Buffer): string {
  let text = "";
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    text += bytes.toString("utf8", at + 8, at + 8 + length);
    at += 8 + length;
  }
  return text;
}

export function stringField(value: unknown, name: string): string {
  const fields: Record<string, unknown> = typeof value === "object" ? { ...value } : {};
  const field = fields[name];
  if (typeof field !== "string") throw new Error(`No text "${name}" in ${JSON.stringify(value)}`);
  return field;
}
