import { createServer, type Server, type Socket } from "node:net";
import { ContainerFailure, type FailureRecord, textOf } from "../failures.js";
import { faultStrikes } from "../state/faults.js";
import { readSettings } from "../state/settings.js";
import { LineReader } from "./line-reader.js";
import type { Reply, Request, RouteName, StreamHeader } from "./protocol.js";
import type { Handlers } from "./routes.js";
import type { StreamDesk } from "./stream-desk.js";

/** Answers clients: a connection is either a client's calls, one after another, or one stream of a process. */
export function serve(home: string, desk: StreamDesk, handlers: Handlers): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    void converse(socket, home, desk, handlers);
  });
}

async function converse(socket: Socket, home: string, desk: StreamDesk, handlers: Handlers): Promise<void> {
  const lines = new LineReader(socket);
  for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
    const message = JSON.parse(line) as Request | StreamHeader;
    if ("stream" in message) {
      desk.bring(message, lines.release());
      return;
    }
    dieIfToldSo(home);
    const reply = await answer(message, handlers);
    if (isInterrupted(home, message)) {
      socket.destroy();
      return;
    }
    if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
    if (message.route === "shutDown") process.exit(0);
  }
  socket.destroy();
}

async function answer({ route, parameters }: Request, handlers: Handlers): Promise<Reply> {
  try {
    const handle = handlers[route] as (given: unknown) => unknown;
    return { answer: await handle(parameters) };
  } catch (error) {
    return { failure: recordOf(error) };
  }
}

function dieIfToldSo(home: string): void {
  if (faultStrikes(home, readSettings(home), "service-crash")) process.kill(process.pid, "SIGKILL");
}

/** Whether the client loses its connection here: what it has asked for is done, and it does not hear of it. */
function isInterrupted(home: string, { command, route }: Request): boolean {
  const settings = readSettings(home);
  if (!settings.faults.some((fault) => fault.startsWith("interrupt-"))) return false;
  if (route !== decisiveRoute(command)) return false;
  return faultStrikes(home, settings, `interrupt-${command.replaceAll(" ", "-")}`);
}

/** The one call of a command that is what the command is for. */
function decisiveRoute(command: string): RouteName {
  const routes: Readonly<Record<string, RouteName>> = {
    create: "containerCreate",
    delete: "containerDelete",
    exec: "containerExec",
    kill: "containerKill",
    run: "containerStartProcess",
    start: "containerStartProcess",
    stop: "containerStop",
  };
  return routes[command] ?? "containerList";
}

/** A code and a text are all that goes over the connection: causes become part of the text. */
function recordOf(error: unknown): FailureRecord {
  const code = error instanceof ContainerFailure ? error.code : "internalError";
  return { code, message: textOf(error) };
}
