import type { ContainerConfiguration, ProcessConfiguration } from "./configuration.js";
import { Helper } from "./helper.js";
import { processSettings } from "./process-settings.js";
import { type ClientStreams, Streams } from "./streams.js";

/** Another process in a container: what `exec` starts. */
export interface GuestProcess {
  /** Its exit code, or 128 and the number of the signal. */
  readonly exitCode: Promise<number>;
}

export interface GuestProcessOptions {
  /** The host's number of the container's first process. */
  readonly containerPid: number;
  /** The container's own files. */
  readonly files: string;
  readonly controlGroups: readonly string[];
  readonly capabilities: Pick<ContainerConfiguration, "capAdd" | "capDrop">;
  readonly streams: ClientStreams;
}

/**
 * Starts a process in a container that runs.
 *
 * @throws An `Error` with the guest's words: no such program, user or directory.
 */
export async function startGuestProcess(
  process: ProcessConfiguration,
  { containerPid, files, controlGroups, capabilities, streams }: GuestProcessOptions,
): Promise<GuestProcess> {
  const helper = Helper.start("enter", files, {
    ...processSettings(process, capabilities),
    container: containerPid,
    cgroup: controlGroups,
    interactive: streams.stdin !== undefined,
  });
  const connection = new Streams(await helper.openPipes(), streams);
  const exitCode = () => helper.expect("ended").then(Number, () => LOST);
  try {
    await helper.expect("started");
  } catch (error) {
    await connection.finish();
    throw error;
  }
  return {
    exitCode: exitCode().then((code) => {
      void connection.finish();
      return code;
    }),
  };
}

/** What a client gets whose process was torn down without a status (apple-container.md §2.3). */
const LOST = 255;
