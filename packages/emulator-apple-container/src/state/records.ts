import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../failures.js";

/** Things of one kind on disk, a file of JSON each, so that programs that run at once do not undo each other. */
export class Records<Item> {
  constructor(private readonly directory: string) {}

  /** In the order of their names. */
  all(): Item[] {
    const files = this.fileNames().filter((name) => name.endsWith(".json"));
    return files.sort().flatMap((file) => {
      const item = this.read(file);
      return item === undefined ? [] : [item];
    });
  }

  find(name: string): Item | undefined {
    return this.read(fileOf(name));
  }

  /** Adds or replaces one. */
  put(name: string, item: Item): void {
    renameSync(this.write(name, item), join(this.directory, fileOf(name)));
  }

  /** False where it is there already: of two that add it at once one has made it. */
  add(name: string, item: Item): boolean {
    const written = this.write(name, item);
    try {
      linkSync(written, join(this.directory, fileOf(name)));
      return true;
    } catch (error) {
      if (hasErrorCode(error, "EEXIST")) return false;
      throw error;
    } finally {
      rmSync(written);
    }
  }

  remove(name: string): void {
    rmSync(join(this.directory, fileOf(name)), { force: true });
  }

  /** Nobody is to read half of it. */
  private write(name: string, item: Item): string {
    mkdirSync(this.directory, { recursive: true });
    const path = join(this.directory, `${fileOf(name)}.${process.pid}`);
    writeFileSync(path, JSON.stringify(item));
    return path;
  }

  private read(file: string): Item | undefined {
    try {
      return JSON.parse(readFileSync(join(this.directory, file), "utf8")) as Item;
    } catch (error) {
      // Taken away by another program meanwhile.
      if (hasErrorCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  private fileNames(): string[] {
    try {
      return readdirSync(this.directory);
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return [];
      throw error;
    }
  }
}

/** Names of images have slashes in them. */
function fileOf(name: string): string {
  return `${encodeURIComponent(name)}.json`;
}
