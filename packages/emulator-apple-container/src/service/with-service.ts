import type { ContainerSnapshot } from "../container/configuration.js";
import type { Context } from "../context.js";
import { ContainerFailure, type FailureRecord } from "../failures.js";
import { ServiceConnection } from "./client.js";

const LIST_FAILED = "failed to list containers";

/** Runs an action with a connection to the service, which is closed after it. */
export async function withService<T>(
  { home }: Context,
  command: string,
  action: (service: ServiceConnection) => Promise<T>,
): Promise<T> {
  const service = await ServiceConnection.open(home, command).catch((error: unknown) => {
    // What they ask for first is the list of containers.
    const asksForList = ["list", "inspect", "exec", "start"].includes(command);
    throw asksForList ? caused("internalError", LIST_FAILED, error) : error;
  });
  try {
    return await action(service);
  } finally {
    service.close();
  }
}

/** All containers, in no order that means something. */
export async function listContainers(service: ServiceConnection): Promise<ContainerSnapshot[]> {
  try {
    return await service.call("containerList", {});
  } catch (error) {
    throw caused("internalError", LIST_FAILED, error);
  }
}

/** The container of this id (apple-container.md §5.1, §5.5). */
export async function getContainer(service: ServiceConnection, id: string): Promise<ContainerSnapshot> {
  const found = (await listContainers(service)).find((container) => container.id === id);
  if (found === undefined) throw new ContainerFailure("notFound", `get failed: container ${id} not found`);
  return found;
}

/** A failure with another as its cause. */
export function caused(code: FailureRecord["code"], message: string, error: unknown): ContainerFailure {
  return new ContainerFailure(code, message, recordOf(error));
}

/** A failure as lists of them and causes have it. */
export function recordOf(error: unknown): FailureRecord | string {
  if (error instanceof ContainerFailure) {
    const { code, message, cause } = error;
    return { code, message, ...(cause !== undefined && { cause }) };
  }
  return error instanceof Error ? error.message : String(error);
}
