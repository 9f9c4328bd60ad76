import { parseVersion } from "./versions.js";

/** What the service tells of itself. */
export interface ServiceFacts {
  readonly up: boolean;
  /** Its own, which an update of the package leaves behind until it is restarted (apple-container.md §1.4). */
  readonly version?: string;
  /** Where it keeps images, containers and kernels. */
  readonly dataDirectory?: string;
}

/** `system status --format=json`, up to 1.3.1 and since 1.4.1 (§3.3). What cannot be read is a service that is down. */
export function serviceFacts(text: string): ServiceFacts {
  let status: Status;
  try {
    status = JSON.parse(text) as Status;
  } catch {
    // An older release without the option, or words of an error.
    return { up: false };
  }
  if (status.status !== "running") return { up: false };
  const version = parseVersion(status.server?.version ?? status.apiServerVersion ?? "");
  const dataDirectory = status.paths?.appRoot ?? status.appRoot;
  return { up: true, ...(version && { version }), ...(dataDirectory && { dataDirectory }) };
}

interface Status {
  readonly status?: string;
  readonly appRoot?: string;
  readonly apiServerVersion?: string;
  readonly server?: { readonly version?: string };
  readonly paths?: { readonly appRoot?: string };
}
