import type { Command } from "../context.js";
import { printLine } from "../output/print.js";
import { withService } from "../service/with-service.js";
import { makeContainer, writeIdFile } from "./make-container.js";

/** apple-container.md §4. */
export const run: Command = async (parsed, context) =>
  await withService(context, "create", async (service) => {
    const { id } = await makeContainer(service, parsed, context, {
      refuseTaken: false,
      progress: () => undefined,
    });
    writeIdFile(parsed, id);
    printLine(id);
    return 0;
  });
