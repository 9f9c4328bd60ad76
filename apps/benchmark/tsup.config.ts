import { defineConfig } from "tsup";
import { library, program } from "../../tsup.base.js";

export default defineConfig([library({ index: "src/index.ts" }), program({ cli: "src/cli.ts" })]);
