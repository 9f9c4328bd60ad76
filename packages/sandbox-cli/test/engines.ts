import { dockerOfRun, whyNoBubblewrap } from "@nanoclaw/test-engines";

export interface Engine {
  readonly name: "local" | "docker";
  /** For `run` and `create`. */
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Set: why it is not there. */
  readonly reason: string | undefined;
}

const docker = dockerOfRun();

/** The engines that the program is tried on. */
export const engines: readonly Engine[] = [
  { name: "local", options: ["--engine", "local"], env: {}, reason: whyNoBubblewrap() },
  {
    name: "docker",
    options: ["--engine", "docker", "--image", "nanoclaw-test/busybox:1"],
    env: docker.dockerHost === undefined ? {} : { DOCKER_HOST: docker.dockerHost },
    reason: docker.reason,
  },
];

/** What is the program's own is looked at on one engine; on the other again with `CHECKS=all`. */
export const tagsOf = (engine: Engine["name"]): "thorough"[] => (engine === "local" ? [] : ["thorough"]);
