import { lifecycle } from "./lifecycle.suite.js";

lifecycle();
