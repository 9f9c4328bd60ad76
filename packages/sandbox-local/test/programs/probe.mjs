// Prints what the provider finds on this host.
import { local } from "../../dist/index.js";

const context = { signal: AbortSignal.timeout(20_000), emit: () => undefined };
console.log(JSON.stringify(await local().probe(context)));
