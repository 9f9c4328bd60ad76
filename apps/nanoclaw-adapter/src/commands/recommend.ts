import { type Command, InvalidArgumentError } from "commander";
import { recommend, type Scenario, scenarios, type Traits } from "../policy/recommendation.js";

type RecommendFlags = Traits & { readonly json?: boolean };

export function addRecommendCommand(program: Command): void {
  program
    .command("recommend")
    .description("say which engine suits a task, and why")
    .argument("[scenario]", `one of ${Object.keys(scenarios).join(", ")}`, parseScenario)
    .option("--macos", "it needs macOS: Xcode, Metal")
    .option("--compliance", "somebody will ask what was done and where")
    .option("--sensitive", "money, passwords, personal data, deploys")
    .option("--untrusted", "it runs code of strangers")
    .option("--latency", "a person waits for each answer")
    .option("--frugal", "little memory, or many at once")
    .option("--quick", "a question that needs neither files nor programs")
    .option("--json", "print it as JSON")
    .action(async (scenario: Scenario | undefined, { json, ...flags }: RecommendFlags) => {
      const { formatTable, print, printJson } = await import("../command-line/output.js");
      const { isolationOf } = await import("../policy/isolation.js");
      const recommendation = recommend({ ...(scenario && scenarios[scenario]), ...flags });
      if (json) return await printJson(recommendation);
      const { runtimes, reasons, notes, entry } = recommendation;
      const rows = runtimes.map((runtime, index) => [
        `${index + 1}.`,
        runtime,
        `${isolationOf[runtime]} isolation`,
      ]);
      const lines = [formatTable(rows), "", ...reasons, ...notes.map((note) => `! ${note}`), ""];
      await print(
        [...lines, "For the group in the policy file:", JSON.stringify(entry, undefined, 2)].join("\n"),
      );
    });
}

function parseScenario(text: string): Scenario {
  if (Object.hasOwn(scenarios, text)) return text as Scenario;
  throw new InvalidArgumentError(
    `Write one of ${Object.keys(scenarios).join(", ")}, or describe the task by options.`,
  );
}
