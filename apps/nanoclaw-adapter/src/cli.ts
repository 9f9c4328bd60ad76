#!/usr/bin/env node
import { Command } from "commander";

await new Command("nanoclaw-sandbox")
  .description("Which engine each NanoClaw group runs in, and why.")
  .parseAsync();
