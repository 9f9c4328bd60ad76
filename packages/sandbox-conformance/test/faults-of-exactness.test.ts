import { testFaults } from "./fault-tests.js";
import { exactFaults } from "./faults/exact.js";
import { freshFaults } from "./faults/fresh.js";

testFaults([...freshFaults, ...exactFaults]);
