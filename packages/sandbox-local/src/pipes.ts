import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { Socket } from "node:net";

/** This process's end of a named pipe whose other end the guest opens. */
export interface Pipe {
  readonly stream: Socket;
  /** To be called when the guest has opened its end: from then on the end of one side shows at the other. */
  release(): void;
  /** Closes it, whether the guest has come or not. */
  close(): void;
}

/**
 * Opens a named pipe without waiting for the other side. Node's own pipes to a child are sockets, which a
 * program cannot open again by `/dev/stdout`; these can be.
 */
export function openPipe(path: string, direction: "read" | "write"): Pipe {
  const reading = direction === "read";
  // Holds both ends, so that neither side takes the other's absence for its end.
  let held: number | undefined = openBothEnds(path);
  const release = (): void => {
    if (held !== undefined) closeSync(held);
    held = undefined;
  };
  try {
    const mode = reading ? constants.O_RDONLY : constants.O_WRONLY;
    const fd = openSync(`/proc/self/fd/${held}`, mode | constants.O_NONBLOCK);
    const stream = new Socket({ fd, readable: reading, writable: !reading });
    // The other side may go at any time, also while nobody listens here. The end of the process or sandbox tells that.
    stream.on("error", () => undefined);
    const close = (): void => {
      release();
      stream.destroy();
    };
    return { stream, release, close };
  } catch (error) {
    release();
    throw error;
  }
}

/** A descriptor of a named pipe for reading and writing. */
export function openBothEnds(path: string): number {
  const { O_RDWR, O_NONBLOCK, O_NOFOLLOW } = constants;
  const fd = openSync(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW);
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw new Error(`${path} is not a named pipe.`);
}
