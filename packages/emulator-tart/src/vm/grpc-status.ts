import { type ServiceError, status } from "@grpc/grpc-js";

/** As the client of the emulated program words it: `unknown (2): text`. */
export function statusText({ code, details }: Pick<ServiceError, "code" | "details">): string {
  return `${status[code].toLowerCase().replaceAll("_", " ")} (${code}): ${details}`;
}
