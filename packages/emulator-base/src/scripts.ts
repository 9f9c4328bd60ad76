import { fileURLToPath } from "node:url";

const pathOf = (name: string): string => fileURLToPath(new URL(`../scripts/${name}`, import.meta.url));

/** Starts what is process 1 in a guest. */
export const bootScript = pathOf("boot.sh");
/** Closes what whoever runs a machine has open. */
export const closeFilesScript = pathOf("close-files.pl");
