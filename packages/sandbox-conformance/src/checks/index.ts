import type { Check } from "../check.js";
import { badInputChecks } from "./bad-input.js";
import { capabilityChecks } from "./capabilities.js";
import { commandGroundChecks } from "./command-ground.js";
import { commandChecks } from "./commands.js";
import { fileChecks } from "./files.js";
import { finalChecks } from "./final.js";
import { freshChecks } from "./g01-fresh.js";
import { wholeChecks } from "./g02-whole.js";
import { goneChecks } from "./g03-gone.js";
import { verifiedChecks } from "./g04-verified.js";
import { deadChecks } from "./g05-dead.js";
import { honestChecks } from "./g06-honest.js";
import { exactChecks } from "./g07-exact.js";
import { endsChecks } from "./g09-ends.js";
import { ownChecks } from "./g10-own.js";
import { secretChecks } from "./g11-secret.js";
import { literalChecks } from "./g12-literal.js";
import { lifetimeChecks } from "./lifetime.js";
import { limitChecks } from "./limits.js";
import { mountChecks } from "./mounts.js";
import { networkChecks } from "./network.js";
import { portChecks } from "./ports.js";
import { terminalChecks } from "./terminals.js";
import { transferChecks } from "./transfers.js";
import { volumeChecks } from "./volume.js";

/** Every check, in the order in which they are run: guarantee by guarantee, and what is looked at in the end. */
export const checks: readonly Check[] = [
  ...freshChecks,
  ...commandGroundChecks,
  ...wholeChecks,
  ...goneChecks,
  ...verifiedChecks,
  ...deadChecks,
  ...honestChecks,
  ...exactChecks,
  ...commandChecks,
  ...volumeChecks,
  ...fileChecks,
  ...transferChecks,
  ...capabilityChecks,
  ...mountChecks,
  ...limitChecks,
  ...networkChecks,
  ...portChecks,
  ...terminalChecks,
  ...lifetimeChecks,
  ...badInputChecks,
  ...endsChecks,
  ...ownChecks,
  ...secretChecks,
  ...literalChecks,
  ...finalChecks,
];
