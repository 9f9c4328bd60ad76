import { runService } from "./service/main.js";

await runService(process.argv[2] ?? "");
