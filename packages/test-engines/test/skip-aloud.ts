import { beforeEach } from "vitest";

/** Skips the tests of a `describe` when there is a reason, which the run then tells. */
export function skipAloud(reason: string | undefined): void {
  beforeEach(({ skip }) => skip(reason !== undefined, reason));
}
