import { randomBytes } from "node:crypto";

/** A command whose only right output nobody can know before. */
export function tokenCommand(): { argv: string[]; check(output: string): void } {
  const token = randomBytes(8).toString("hex");
  return {
    argv: ["echo", token],
    check(output) {
      if (output !== `${token}\n`) throw new Error(`Wrong output: ${JSON.stringify(output.slice(0, 80))}`);
    },
  };
}
