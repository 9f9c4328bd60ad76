export * from "./contract/capabilities.js";
export * from "./contract/error.js";
export type * from "./contract/event.js";
export { mergeOutput } from "./contract/output.js";
export type * from "./contract/process.js";
export type * from "./contract/provider.js";
export { quote } from "./contract/quote.js";
export type * from "./contract/request.js";
