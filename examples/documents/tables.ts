import { capabilityTable } from "./capability-table.js";
import { checksTables } from "./checks-table.js";
import { errorTable } from "./error-table.js";
import { eventTable } from "./event-table.js";
import { guaranteeTable } from "./guarantee-table.js";

/** What `<!-- table NAME -->` stands for. */
export const tables: Readonly<Record<string, () => string>> = {
  capabilities: capabilityTable,
  errors: errorTable,
  events: eventTable,
  guarantees: guaranteeTable,
  ...checksTables,
};
