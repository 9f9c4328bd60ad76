import { open } from "node:fs/promises";
import type { Socket } from "node:net";
import { bootSettings } from "./boot-settings.js";
import type { ContainerConfiguration, ProcessConfiguration } from "./configuration.js";
import type { GuestMount } from "./guest-mounts.js";
import { type GuestProcess, startGuestProcess } from "./guest-process.js";
import { Helper } from "./helper.js";
import { type ClientStreams, Streams } from "./streams.js";
import { Surroundings } from "./surroundings.js";

export interface GuestContainerOptions {
  readonly configuration: ContainerConfiguration;
  readonly mounts: readonly GuestMount[];
  /** Its own files. */
  readonly root: string;
  /** Gets what the first process writes; emptied by the start. */
  readonly log: string;
  readonly streams: ClientStreams;
  /** The home of the emulator, whose container it is. */
  readonly home: string;
  /** A connection whose end is the container's, where the emulator belongs to a process. */
  readonly ownerConnection?: Socket;
}

/** A container that was booted: real processes in namespaces of their own. It outlives the service. */
export class GuestContainer {
  /** The first process's exit code, or 128 and the number of the signal; nothing of the container is left then. */
  readonly ended: Promise<number>;

  private constructor(
    private readonly options: GuestContainerOptions,
    private readonly helper: Helper,
    /** The host's number of the first process. */
    readonly pid: number,
    readonly surroundings: Surroundings,
    private readonly streams: Streams,
    private readonly news: News,
  ) {
    this.ended = news.ended.then(async (code) => {
      await this.surroundings.close();
      return code;
    });
  }

  /**
   * Boots without starting the first process.
   *
   * @throws An `Error` with the words of what failed. Nothing is left then.
   */
  static async boot(options: GuestContainerOptions): Promise<GuestContainer> {
    const { configuration, root, mounts, streams, home } = options;
    const surroundings = await Surroundings.prepare(configuration, home);
    const settings = bootSettings(configuration, {
      root,
      mounts,
      interactive: streams.stdin !== undefined,
      controlGroups: surroundings.controlGroups,
      gateway: surroundings.gateway,
      ...(surroundings.address && { address: surroundings.address }),
    });
    const helper = Helper.start("container", root, settings, options.ownerConnection);
    try {
      const connection = new Streams(await helper.openPipes(), streams, await open(options.log, "w"));
      const pid = Number(await helper.expect("booted"));
      await surroundings.connect(pid);
      return new GuestContainer(options, helper, pid, surroundings, connection, listen(helper));
    } catch (error) {
      helper.kill();
      await helper.ended;
      await surroundings.close();
      throw error;
    }
  }

  get helperPid(): number {
    return this.helper.pid;
  }

  /**
   * Starts the first process.
   *
   * @throws An `Error` with the guest's words: no such program, user or directory. The container has ended then.
   */
  async start(): Promise<void> {
    this.helper.say("start");
    try {
      await this.news.started;
    } catch (error) {
      await this.ended;
      throw error;
    }
  }

  /** Signals the first process; nothing happens where it has ended. */
  signal(number: number): void {
    this.helper.say(`kill ${number}`);
  }

  /** Tells clients the end of the first process's streams. */
  finishStreams(): Promise<void> {
    return this.streams.finish();
  }

  exec(process: ProcessConfiguration, streams: ClientStreams): Promise<GuestProcess> {
    return startGuestProcess(process, {
      containerPid: this.pid,
      files: this.options.root,
      controlGroups: this.surroundings.controlGroups,
      capabilities: this.options.configuration,
      streams,
    });
  }
}

interface News {
  readonly started: Promise<void>;
  readonly ended: Promise<number>;
}

/** What a helper tells after the boot: the start or its failure, and the end in any case. */
function listen(helper: Helper): News {
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const started = new Promise<void>((resolve, reject) => {
    const follow = async () => {
      for (let line = await helper.hear(); line !== undefined; line = await helper.hear()) {
        if (line === "started") resolve();
        if (line.startsWith("failed ")) reject(new Error(line.slice("failed ".length).trim()));
        if (line.startsWith("ended ")) return Number(line.slice("ended ".length));
      }
      return LOST;
    };
    follow().then(async (code) => {
      await helper.ended;
      reject(new Error("the container ended"));
      end(code);
    }, reject);
  });
  // Whoever waits for the start hears of its failure.
  started.catch(() => undefined);
  return { started, ended };
}

/** What a client gets whose container was torn down without a status (apple-container.md §2.3). */
const LOST = 255;
