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
export { GATEWAY } from "./guest/network.js";
export { whyNoGuests } from "./guest/prerequisites.js";
export { darwinProfile, type GuestProfile, type GuestUser, linuxProfile } from "./guest/profile.js";
