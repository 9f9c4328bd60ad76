import type { Network } from "@nanoclaw/sandbox";

/** An engine to measure and how, in a form that another process can be given as JSON. */
export interface Target {
  /** As in `loadProvider(name)`, such as `docker`. */
  readonly engine: string;
  /** What results call it, unique in a run: the engine's name, or the one that the user gave with an address. */
  readonly label: string;
  /** For the provider's factory. */
  readonly providerOptions: Readonly<Record<string, unknown>>;
  /** Where the engine listens, as its adapter reports it. */
  readonly endpoint?: string;
  /** For engines that have images. */
  readonly image?: string;
  readonly network: Extract<Network, string>;
  /** On every container that a baseline makes, so that none of them can stay. */
  readonly runId: string;
  /** The same for what is made by one owner process of the run. */
  readonly ownerMark?: string;
}
