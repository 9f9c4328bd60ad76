export type { Runtime } from "./runtime.js";
