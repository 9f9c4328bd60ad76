export type {
  ArgumentDefinition,
  CommandDefinition,
  FlagDefinition,
  OptionDefinition,
  PositionalDefinition,
  ValueKind,
} from "./arguments/definition.js";
export { Parsed } from "./arguments/parsed.js";
export {
  type Answer,
  complaint,
  type Outcome,
  type ProgramDefinition,
  readArguments,
} from "./arguments/read.js";
export { ValidationFailure } from "./arguments/validation-failure.js";
export { createDisk } from "./guest/disk.js";
export {
  type FilterRule,
  type Guest,
  type GuestEnd,
  type GuestOptions,
  type Share,
  startGuest,
} from "./guest/guest.js";
export { leftGuests } from "./guest/left-guests.js";
export {
  connectGuest,
  disconnectGuest,
  GATEWAY,
  type HeldAddress,
  holdAddress,
  PREFIX_LENGTH,
} from "./guest/network.js";
export { whyNoGuests } from "./guest/prerequisites.js";
export { darwinProfile, type GuestProfile, type GuestUser, linuxProfile } from "./guest/profile.js";
export { runProgram } from "./guest/run-program.js";
