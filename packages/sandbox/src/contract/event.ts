import type { SandboxErrorCode } from "./error.js";

interface EventBase {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The provider's name. */
  readonly provider: string;
  readonly sandboxId?: string;
}

/** What can be observed. Never holds output, arguments, environment or secrets. */
export type SandboxEvent = EventBase &
  (
    | { readonly type: "operation-start"; readonly operation: string }
    | {
        readonly type: "operation-end";
        readonly operation: string;
        readonly durationMs: number;
        /** Set when it failed. */
        readonly error?: SandboxErrorCode;
      }
    | {
        /** Something begins that takes a while. */
        readonly type: "progress";
        /**
         * `pull`: an image is brought in. Of each create `start`, once the engine has made the sandbox, where it makes and
         * starts it in two steps, and `ready`, once it runs and only its shell is waited for. Adapters may have more.
         */
        readonly phase: string;
        readonly message: string;
        /** Bytes or steps done and to do, where known. */
        readonly current?: number;
        readonly total?: number;
      }
    /** Something that the user should know and that did not stop the call. */
    | { readonly type: "warning"; readonly message: string }
    /** A clean-up could not be finished; `collectGarbage` will. */
    | { readonly type: "cleanup-failed"; readonly message: string }
    /** The sandbox ended without `destroy`. */
    | { readonly type: "sandbox-lost"; readonly message: string }
  );

type WithoutBase<T> = T extends unknown ? Omit<T, keyof EventBase> : never;

/** An event as an adapter emits it; core adds time, provider and sandbox. */
export type AdapterEvent = WithoutBase<SandboxEvent>;
