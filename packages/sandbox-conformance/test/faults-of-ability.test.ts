import { testFaults } from "./fault-tests.js";
import { abilityFaults } from "./faults/abilities.js";
import { endFaults } from "./faults/ends.js";
import { pretenceFaults } from "./faults/pretence.js";

testFaults([...pretenceFaults, ...abilityFaults, ...endFaults]);
