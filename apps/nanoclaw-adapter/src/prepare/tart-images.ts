import { createHash } from "node:crypto";
import { SandboxError } from "@nanoclaw/sandbox";
import { pause } from "@nanoclaw/sandbox/adapter";
import type { FoundImage, ImageEngine, MakeOptions } from "./image-engine.js";
import type { Progress } from "./image-records.js";
import type { LeashedProgram } from "./leashed-program.js";
import type { Plan, PlannedStep } from "./plan.js";
import { stepFailure } from "./step-failure.js";
import type { TartMachines } from "./tart-machines.js";
import { identityOfMachine } from "./tart-place.js";
import { judge } from "./verification.js";

const bootPollMs = 250;
/** From the request to shut down to the end by force, in milliseconds. */
const shutdownMs = 90_000;

/** What is put down as done must be on the disk when the power goes. */
const syncedScript = '/bin/sh -ec "$1" && sync';

/** Base images of Tart: a machine that is cloned, and in which the steps are run one after the other. */
export class TartImages implements ImageEngine {
  readonly place: string;
  readonly #machines: TartMachines;
  readonly #bootMs: number;
  readonly #signal: AbortSignal;
  readonly #tell: (line: string) => void;

  constructor(
    machines: TartMachines,
    options: { readonly bootMs: number; readonly signal: AbortSignal; readonly tell: (line: string) => void },
  ) {
    this.place = machines.home;
    this.#machines = machines;
    this.#bootMs = options.bootMs;
    this.#signal = options.signal;
    this.#tell = options.tell;
  }

  checkName(image: string): void {
    if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(image)) return;
    throw new SandboxError("invalid_argument", `This is no name for a machine: ${JSON.stringify(image)}.`, {
      hint: "Write it like tart_nanoclaw_base. An image of a registry can be the recipe's `from`, not its result.",
    });
  }

  async find(image: string): Promise<FoundImage | undefined> {
    const state = await this.#machines.state(image);
    if (state !== "there" && state !== "running") return undefined;
    return {
      identity: identityOfMachine(this.#machines.home, image),
      saysPrepared: false,
      running: state === "running",
    };
  }

  /** A local machine has no digest: what tells it apart is its disk. */
  async digestOf(from: string): Promise<string | undefined> {
    if (!from.includes("/")) return (await this.find(from))?.identity;
    if ((await this.#machines.state(from)) === "pullable") return undefined;
    const { output } = await this.#machines.call(["fqn", from]);
    return output.trim();
  }

  async fetch(from: string, anew: boolean): Promise<void> {
    const state = await this.#machines.state(from);
    if (state === "running") {
      throw new SandboxError(
        "invalid_argument",
        `The machine ${from} runs, and its disk changes meanwhile.`,
        {
          hint: `Stop it first: tart stop ${from}`,
        },
      );
    }
    if (state === "missing") {
      throw new SandboxError(
        "image_not_found",
        `Tart has no machine ${from}, which the recipe begins with.`,
        {
          hint: "`tart list` tells which there are. An image of a registry is written as host/name:tag.",
        },
      );
    }
    if (state === "there" && !(anew && from.includes("/"))) return;
    this.#tell(`Pulling ${from}`);
    await this.#machines.pull(from);
  }

  workingName(image: string): string {
    return `nanoclaw-prepare-${createHash("sha256").update(image).digest("hex").slice(0, 12)}`;
  }

  /** What a step has done to a disk cannot be taken back: those that were done must all be of the plan. */
  async canGoOn({ working, stage, done }: Progress, { steps }: Plan): Promise<boolean> {
    if (stage === "copying" || done.some((hash, index) => hash !== steps[index]?.hash)) return false;
    return (await this.#machines.state(working)) !== "missing";
  }

  async make({ plan, progress, remember }: MakeOptions): Promise<void> {
    const { steps } = plan;
    let now = progress;
    if (now.stage === "copying") {
      await this.#copy(plan.from, now.working);
      now = { ...now, stage: "installing" };
      remember(now);
    }
    const left = steps.slice(now.done.length);
    if (left.length === 0) return;
    const run = await this.#boot(now.working);
    try {
      for (const step of left) {
        this.#tell(`Step ${steps.indexOf(step) + 1} of ${steps.length}: ${step.name}`);
        await this.#do(step, now.working);
        now = { ...now, done: [...now.done, step.hash] };
        remember(now);
      }
      await this.#shutDown(now.working, run);
    } catch (error) {
      await run.end();
      throw error;
    }
  }

  async #copy(from: string, working: string): Promise<void> {
    this.#tell(`Cloning ${from}`);
    await this.#machines.call(["clone", from, working]);
  }

  /** Returns when the guest agent answers. */
  async #boot(working: string): Promise<LeashedProgram> {
    // A host that went down may have left it, or somebody looks around in it.
    if ((await this.#machines.state(working)) === "running") {
      await this.#machines.call(["stop", working, "--timeout", "30"]);
    }
    this.#tell("The machine is started.");
    const run = await this.#machines.run(working);
    const limit = AbortSignal.any([this.#signal, AbortSignal.timeout(this.#bootMs)]);
    let isOver: string | undefined;
    const over = run.ended.then(({ output, exitCode }) => {
      isOver = output || `it exited with ${exitCode}`;
    });
    try {
      for (;;) {
        const tried = this.#machines.start(["exec", working, "true"]);
        const result = await Promise.race([tried.ended, over]);
        if (isOver !== undefined) {
          await tried.end();
          throw new SandboxError("engine_unavailable", `The machine ${working} did not start: ${isOver}`);
        }
        if (result?.exitCode === 0) return run;
        await pause(bootPollMs, limit);
      }
    } catch (error) {
      await run.end();
      this.#signal.throwIfAborted();
      if (SandboxError.is(error) || !limit.aborted) throw error;
      throw new SandboxError("timeout", `No guest agent answered in ${this.#bootMs} ms.`, {
        hint: "The recipe's image must have Tart's guest agent. CONTAINER_BOOT_TIMEOUT gives a slow one more time.",
      });
    }
  }

  /** The script, and then each command that must tell that its tool is there: what fails at once costs no second start. */
  async #do(step: PlannedStep, working: string): Promise<void> {
    const onLine = (line: string) => this.#tell(`  | ${line}`);
    const words = ["/bin/sh", "-c", syncedScript, "prepare", step.script];
    const { exitCode, output } = await this.#machines.start(["exec", working, ...words], onLine).ended;
    if (exitCode !== 0) throw stepFailure(step.name, `it exited with ${exitCode}`, output);
    for (const command of step.verify) {
      const { exitCode: code, output: stdout } = await this.#machines.start(["exec", working, ...command])
        .ended;
      judge(step, command, { exitCode: code, stdout, stderr: "" });
    }
  }

  /** In order, as `tart stop` pulls the plug. A Mac would ask its user whether it may, so that its system is told inside. */
  async #shutDown(working: string, run: LeashedProgram): Promise<void> {
    if ((await this.#machines.operatingSystem(working)) === "linux") run.send("USR2");
    else void this.#machines.start(["exec", working, "sudo", "-n", "/sbin/shutdown", "-h", "now"]);
    const late = new AbortController();
    const patience = pause(shutdownMs, AbortSignal.any([late.signal, this.#signal])).catch(() => undefined);
    await Promise.race([run.ended, patience]);
    late.abort();
    await run.end();
    this.#signal.throwIfAborted();
  }

  async publish(working: string, image: string): Promise<void> {
    if ((await this.#machines.state(working)) !== "there") {
      throw new SandboxError("adapter_fault", `The machine ${working} is not there, or runs.`);
    }
    await this.#machines.remove(image);
    await this.#machines.call(["rename", working, image]);
  }

  async discard(working: string): Promise<void> {
    await this.#machines.remove(working);
  }
}
