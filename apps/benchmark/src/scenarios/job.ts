import { timed } from "../clock.js";
import type { Contender } from "../contender.js";
import { findProgram } from "../program.js";
import type { Form, NotApplicable, Scenario, Trial } from "../scenario.js";
import { bareRepositoryArchive, FILES, FILES_WITH_NEEDLE, NEEDLE, sourceTreeArchive } from "./source-tree.js";

const GUEST_ARCHIVE = "/tmp/sandbox-bench-job.tar";

interface Job {
  readonly archive: string;
  /** Of a POSIX shell. Its output is checked. */
  readonly script: string;
  readonly expected: string;
}

/** What a user would do with a source tree: bring it in, unpack it, search it, pack it again. */
export function archiveJob(form: Form): Scenario {
  return {
    ...jobOf(form),
    id: "archive-job",
    question: `How long does a whole job take: ${FILES} source files unpacked, searched and packed in a fresh sandbox?`,
    metrics: [{ id: "time", title: `job: unpack, search and pack ${FILES} files`, unit: "ms" }],
    prepare: async (contender, { directory }) =>
      trialOf(contender, {
        archive: await sourceTreeArchive(directory),
        script: `cd /tmp && tar -xf ${GUEST_ARCHIVE} && grep -rl ${NEEDLE} tree | wc -l && tar -cf - tree | gzip -c | gzip -dc | tar -tf - | grep -c 'js$'`,
        expected: `${FILES_WITH_NEEDLE}\n${FILES}\n`,
      }),
  };
}

/** The first thing that an agent does. The guest needs git for it. */
export function cloneJob(form: Form): Scenario {
  return {
    ...jobOf(form),
    id: "clone-job",
    question: `How long does git clone of a local bare repository with ${FILES} files take in a fresh sandbox?`,
    metrics: [{ id: "time", title: `job: git clone of ${FILES} files`, unit: "ms" }],
    async prepare(contender, { directory }) {
      if (findProgram("git") === undefined)
        return { notApplicable: "needs git on the host to make a repository" };
      const { takesFiles, hasGit } = await guestOf(contender);
      if (takesFiles && !hasGit) return { notApplicable: "there is no git in the guest" };
      return await trialOf(contender, {
        archive: await bareRepositoryArchive(directory),
        // A repository of another user is refused unless it is said to be safe.
        script: `cd /tmp && tar -xf ${GUEST_ARCHIVE} && export HOME=/tmp && git config --global safe.directory '*' && git clone --quiet tree.git clone && find clone -name '*.js' | wc -l`,
        expected: `${FILES}\n`,
      });
    },
  };
}

function jobOf(form: Form): Pick<Scenario, "rounds" | "baselineRounds" | "warmups" | "budgetMs"> {
  return {
    rounds: form === "full" ? 10 : 2,
    baselineRounds: form === "full" ? 5 : 0,
    warmups: form === "full" ? 1 : 0,
    ...(form === "full" ? { budgetMs: 45_000 } : {}),
  };
}

async function trialOf(contender: Contender, job: Job): Promise<Trial | NotApplicable> {
  if (!(await guestOf(contender)).takesFiles) return { notApplicable: "has no way to move files" };
  return {
    async turn() {
      const { ms, value } = await timed(() => doJob(contender, job));
      if (value.replaceAll(" ", "") !== job.expected) throw new Error(`Wrong output: ${value.slice(0, 80)}`);
      return [{ metric: "time", value: ms }];
    },
    end: async () => undefined,
  };
}

async function doJob(contender: Contender, { archive, script }: Job): Promise<string> {
  const sandbox = await contender.start();
  try {
    await sandbox.upload?.(archive, GUEST_ARCHIVE);
    return await sandbox.exec(["sh", "-c", script]);
  } finally {
    await sandbox.remove();
  }
}

interface Guest {
  readonly takesFiles: boolean;
  readonly hasGit: boolean;
}

/** What was found out by a sandbox that is gone, so that the second job does not have to ask again. */
const guests = new WeakMap<Contender, Guest>();

async function guestOf(contender: Contender): Promise<Guest> {
  const known = guests.get(contender);
  if (known) return known;
  const sandbox = await contender.start();
  try {
    const answer = await sandbox.exec(["sh", "-c", "command -v git >/dev/null && echo yes || echo no"]);
    const guest = { takesFiles: sandbox.upload !== undefined, hasGit: answer.trim() === "yes" };
    guests.set(contender, guest);
    return guest;
  } finally {
    await sandbox.remove();
  }
}
