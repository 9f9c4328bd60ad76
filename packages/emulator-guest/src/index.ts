export { createDisk } from "./disk.js";
export {
  type FilterRule,
  type Guest,
  type GuestEnd,
  type GuestOptions,
  type Share,
  startGuest,
} from "./guest.js";
export { leftGuests } from "./left-guests.js";
export { GATEWAY } from "./network.js";
export { whyNoGuests } from "./prerequisites.js";
export { darwinProfile, type GuestProfile, type GuestUser, linuxProfile } from "./profile.js";
