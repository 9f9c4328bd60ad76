#!/usr/bin/env node
import { main } from "./main.js";

// Sockets that stand for locks and guests must not keep the process.
process.exit(await main(process.argv.slice(2)));
