import { processes } from "./processes.suite.js";

processes();
