import { testFaults } from "./fault-tests.js";
import { literalFaults } from "./faults/literal.js";
import { wholeFaults } from "./faults/whole.js";

testFaults([...wholeFaults, ...literalFaults]);
