/** Whether a path is this directory or lies in it. Both are absolute and clean. */
export function isWithin(directory: string, path: string): boolean {
  return path === directory || directory === "/" || path.startsWith(`${directory}/`);
}
