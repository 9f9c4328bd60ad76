#!/usr/bin/env -S node --
// Node 20 takes --env-file for its own wherever it stands, but for what follows two dashes.
import { main } from "./main.js";

// Connections to the service must not keep the process.
process.exit(await main(process.argv.slice(2)));
