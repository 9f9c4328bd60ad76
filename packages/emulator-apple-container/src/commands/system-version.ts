import type { Command } from "../context.js";
import { printListing } from "../output/print.js";
import { COMMIT, serviceVersionOf } from "../state/release.js";
import { isServiceUp } from "../state/service-socket.js";
import { isAtLeast } from "../state/settings.js";

/** Ends with 0 also while the service is down, whose line is not there then (apple-container.md §1.5). */
export const run: Command = async (parsed, { home, settings }) => {
  const own = { appName: "container", buildType: "release", commit: COMMIT, version: settings.version };
  const serviceVersion = serviceVersionOf(settings);
  const service = {
    appName: "container-apiserver",
    buildType: "release",
    commit: COMMIT,
    // Until 1.4.1 a sentence stands where a number is expected.
    version: isAtLeast(settings, "1.4.1")
      ? serviceVersion
      : `container-apiserver version ${serviceVersion} (build: release, commit: ${COMMIT})`,
  };
  const value = (await isServiceUp(home)) ? [own, service] : [own];
  const cells = value.map(({ appName, version, buildType, commit }) => [appName, version, buildType, commit]);
  const rows = [["COMPONENT", "VERSION", "BUILD", "COMMIT"], ...cells];
  printListing(parsed.text("format"), { value, rows }, settings);
  return 0;
};
