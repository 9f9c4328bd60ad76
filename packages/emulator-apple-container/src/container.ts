#!/usr/bin/env node
import { main } from "./main.js";

// Connections to the service must not keep the process.
process.exit(await main(process.argv.slice(2)));
