import { mounts } from "./mounts.suite.js";

mounts();
