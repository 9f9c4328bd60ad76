import type { ContainerSnapshot } from "../container/configuration.js";
import { type EmulatorSettings, isAtLeast } from "../state/settings.js";

/** Seconds from 1970 to 2001, where Foundation counts from. */
const REFERENCE_DATE_SECONDS = 978_307_200;

/** A container as `list` and `inspect` print it: flat before 1.0.0 (apple-container.md §6.1). */
export function shownContainer(container: ContainerSnapshot, settings: EmulatorSettings): object {
  if (isAtLeast(settings, "1.0.0")) return container;
  const { configuration, status } = container;
  return {
    status: status.state,
    configuration,
    networks: status.networks,
    ...(status.startedDate && {
      startedDate: Date.parse(status.startedDate) / 1000 - REFERENCE_DATE_SECONDS,
    }),
  };
}
