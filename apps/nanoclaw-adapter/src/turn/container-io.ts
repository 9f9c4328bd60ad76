import { SandboxError } from "@nanoclaw/sandbox";
import { checkFolder } from "../group.js";

/** What NanoClaw 1 gives its agent, as one JSON object on standard input (`nanoclaw.md §1.6`). */
export interface ContainerInput {
  readonly prompt: string;
  readonly sessionId?: string;
  readonly groupFolder: string;
  readonly chatJid: string;
  readonly isMain: boolean;
  readonly isScheduledTask?: boolean;
  readonly assistantName?: string;
  readonly script?: string;
}

/** What the agent answers, between markers (`nanoclaw.md §1.7`). */
export interface ContainerOutput {
  readonly status: "success" | "error";
  readonly result: string | null;
  readonly newSessionId?: string;
  readonly error?: string;
}

const maxPromptBytes = 8 * 1024 * 1024;

/** @throws SandboxError `invalid_argument`, before anything is made. */
export function checkInput(input: ContainerInput, folder: string): void {
  if (typeof input !== "object" || input === null) refuse("The input is no object.", "Pass { prompt, … }.");
  const { prompt, groupFolder, chatJid, isMain, isScheduledTask, assistantName } = input;
  if (typeof prompt !== "string") refuse("The prompt is no string.", "Write it in quotes.");
  // Programs written in C would read it to here and no further.
  if (prompt.includes("\0")) refuse("The prompt has a NUL character in it.", "Leave it out.");
  if (Buffer.byteLength(prompt) > maxPromptBytes) {
    refuse(`The prompt is longer than ${maxPromptBytes} bytes.`, "Shorten it, or give it as a file.");
  }
  checkFolder(groupFolder);
  if (groupFolder !== folder) {
    refuse(`The input is for ${groupFolder}, and the group is ${folder}.`, "Pass the group of the input.");
  }
  if (typeof chatJid !== "string" || chatJid.includes("\0"))
    refuse("chatJid is no string.", "Pass the chat's id.");
  if (typeof isMain !== "boolean") refuse("isMain is not true or false.", "Pass one of the two.");
  if (isScheduledTask !== undefined && typeof isScheduledTask !== "boolean") {
    refuse("isScheduledTask is not true or false.", "Pass one of the two, or leave it out.");
  }
  if (assistantName !== undefined && typeof assistantName !== "string") {
    refuse("assistantName is no string.", "Write it in quotes, or leave it out.");
  }
}

function refuse(message: string, hint: string): never {
  throw new SandboxError("invalid_argument", message, { hint });
}

/** What an agent-runner wrote, or undefined where it is no output of the contract. */
export function parseOutput(text: string): ContainerOutput | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { status, result = null, newSessionId, error } = value as Record<string, unknown>;
  if (status !== "success" && status !== "error") return undefined;
  if (result !== null && typeof result !== "string") return undefined;
  return {
    status,
    result,
    ...(typeof newSessionId === "string" ? { newSessionId } : {}),
    ...(typeof error === "string" ? { error } : {}),
  };
}

export function withSession<T extends ContainerOutput>(output: T, newSessionId: string | undefined): T {
  return newSessionId === undefined ? output : { ...output, newSessionId };
}
