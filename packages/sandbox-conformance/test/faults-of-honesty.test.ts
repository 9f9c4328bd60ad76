import { testFaults } from "./fault-tests.js";
import { deadFaults } from "./faults/dead.js";
import { honestFaults } from "./faults/honest.js";
import { transferFaults } from "./faults/transfers.js";

testFaults([...deadFaults, ...honestFaults, ...transferFaults]);
