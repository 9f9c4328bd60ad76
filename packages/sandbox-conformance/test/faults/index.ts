import type { Fault } from "../fault.js";
import { abilityFaults } from "./abilities.js";
import { deadFaults } from "./dead.js";
import { endFaults } from "./ends.js";
import { exactFaults } from "./exact.js";
import { freshFaults } from "./fresh.js";
import { honestFaults } from "./honest.js";
import { literalFaults } from "./literal.js";
import { pretenceFaults } from "./pretence.js";
import { transferFaults } from "./transfers.js";
import { wholeFaults } from "./whole.js";

export const faults: readonly Fault[] = [
  ...freshFaults,
  ...wholeFaults,
  ...deadFaults,
  ...honestFaults,
  ...exactFaults,
  ...transferFaults,
  ...pretenceFaults,
  ...abilityFaults,
  ...endFaults,
  ...literalFaults,
];
