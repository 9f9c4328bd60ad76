const validFolder = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** NanoClaw's own rule for group folders (`nanoclaw.md §1.11`). */
export function isValidFolder(folder: unknown): folder is string {
  return typeof folder === "string" && validFolder.test(folder) && folder.toLowerCase() !== "global";
}
