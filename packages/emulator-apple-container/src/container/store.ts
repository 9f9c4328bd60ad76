import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerConfiguration } from "./configuration.js";

/** What the service knows of a container across its own starts. */
export interface ContainerRecord {
  readonly configuration: ContainerConfiguration;
  /** Removed by the service when it ends, or at the service's next start. */
  readonly autoRemove: boolean;
  /** The helper of the last start, which may live on after the service's death. */
  readonly helperPid?: number;
}

/** The containers' directory in an emulator's home. */
export class ContainerStore {
  private readonly directory: string;

  constructor(home: string) {
    this.directory = join(home, "containers");
    mkdirSync(this.directory, { recursive: true });
  }

  /** The container's own files. */
  root(id: string): string {
    return join(this.directory, id, "rootfs");
  }

  /** What its first process writes. */
  log(id: string): string {
    return join(this.directory, id, "stdio.log");
  }

  /** What the machine says while it boots. */
  bootLog(id: string): string {
    return join(this.directory, id, "vminitd.log");
  }

  /** Begins it anew, in the words of a kernel and of the guest's first program. */
  writeBootLog(id: string): void {
    const lines = ["[    0.000000] Linux version 6.18.5", "[    0.120000] Run /sbin/vminitd as init process"];
    writeFileSync(this.bootLog(id), `${lines.join("\n")}\n`);
  }

  /** Makes its directory; false where there is one already. */
  claim(id: string): boolean {
    if (existsSync(join(this.directory, id))) return false;
    mkdirSync(join(this.directory, id));
    return true;
  }

  write(record: ContainerRecord): void {
    const path = this.recordPath(record.configuration.id);
    writeFileSync(`${path}.new`, JSON.stringify(record));
    renameSync(`${path}.new`, path);
  }

  /** All that were made to the end; what is left of the others goes. */
  readAll(): ContainerRecord[] {
    return readdirSync(this.directory).flatMap((id) => {
      if (existsSync(this.recordPath(id))) return [JSON.parse(readFileSync(this.recordPath(id), "utf8"))];
      this.remove(id);
      return [];
    });
  }

  remove(id: string): void {
    rmSync(join(this.directory, id), { recursive: true, force: true });
  }

  private recordPath(id: string): string {
    return join(this.directory, id, "config.json");
  }
}
