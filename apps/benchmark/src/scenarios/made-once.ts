const made = new Map<string, Promise<unknown>>();

/** Makes a file of the host that several contenders need, at the first call for its path, and returns the path. */
export async function madeOnce(path: string, make: () => Promise<unknown>): Promise<string> {
  const making = made.get(path) ?? make();
  made.set(path, making);
  await making;
  return path;
}
