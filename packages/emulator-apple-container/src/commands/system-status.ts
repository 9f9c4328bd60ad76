import { arch, availableParallelism } from "node:os";
import type { Command, Context } from "../context.js";
import { printLine, printListing } from "../output/print.js";
import { localImages } from "../state/images.js";
import { COMMIT, serviceVersionOf } from "../state/release.js";
import { isRegistered } from "../state/service-registration.js";
import { isServiceUp } from "../state/service-socket.js";
import { isAtLeast } from "../state/settings.js";
import { countContainers } from "./container-use.js";

/** Tells on stdout also that the service is down, and ends with 1 then (apple-container.md §3.3). */
export const run: Command = async (parsed, context) => {
  const format = parsed.text("format");
  const { home, settings } = context;
  if (await isServiceUp(home)) {
    const fields = fieldsOf(context);
    const rows = Object.entries({ status: "running", ...fields.table });
    const value = isAtLeast(settings, "1.4.1") ? await recentStatus(context) : fields.json;
    printListing(
      format,
      { value: { status: "running", ...value }, rows: [["FIELD", "VALUE"], ...rows] },
      settings,
    );
    return 0;
  }
  const registered = isRegistered(home);
  if (format === "table") {
    printLine(`apiserver is not running${registered ? "" : " and not registered with launchd"}`);
    return 1;
  }
  const status = registered ? "not running" : "unregistered";
  const empty = Object.fromEntries(Object.keys(fieldsOf(context).json).map((key) => [key, ""]));
  const value = isAtLeast(settings, "1.4.1") ? { status } : { ...empty, status };
  printListing(format, { value, rows: [] }, settings);
  return 1;
};

function fieldsOf({ home, settings }: Context) {
  const paths = pathsOf(home);
  const version = `container-apiserver version ${serviceVersionOf(settings)} (build: release, commit: ${COMMIT})`;
  return {
    json: {
      ...paths,
      apiServerVersion: version,
      apiServerCommit: COMMIT,
      apiServerBuild: "release",
      apiServerAppName: "container-apiserver",
    },
    table: {
      ...paths,
      "apiserver.version": version,
      "apiserver.commit": COMMIT,
      "apiserver.build": "release",
      "apiserver.appName": "container-apiserver",
    },
  };
}

async function recentStatus(context: Context): Promise<object> {
  const { home, settings } = context;
  const program = (appName: string, version: string) => ({
    appName,
    build: "release",
    commit: COMMIT,
    version,
  });
  const { total, running } = await countContainers(context);
  return {
    client: program("container", settings.version),
    server: program("container-apiserver", serviceVersionOf(settings)),
    host: {
      architecture: arch() === "x64" ? "arm64" : arch(),
      cpus: availableParallelism(),
      operatingSystem: `macOS ${settings.hostMacOS}.0`,
    },
    resources: {
      containersRunning: running,
      containersTotal: total,
      images: localImages(home).all().length,
    },
    paths: pathsOf(home),
  };
}

function pathsOf(home: string) {
  return { appRoot: `${home}/`, installRoot: "/usr/local/" };
}
