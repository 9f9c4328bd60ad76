import { testFaults } from "./fault-tests.js";
import { abilityFaults } from "./faults/abilities.js";
import { deadFaults } from "./faults/dead.js";
import { endFaults } from "./faults/ends.js";
import { honestFaults } from "./faults/honest.js";
import { pretenceFaults } from "./faults/pretence.js";
import { transferFaults } from "./faults/transfers.js";

testFaults([
  ...deadFaults,
  ...honestFaults,
  ...transferFaults,
  ...pretenceFaults,
  ...abilityFaults,
  ...endFaults,
]);
