import { isolation } from "./isolation.suite.js";

isolation();
