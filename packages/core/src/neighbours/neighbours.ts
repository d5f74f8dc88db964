export { type Discovery, MOST_NAME_BYTES, type Neighbour, type NetworkEars } from "./discovery.ts";
export { openDiscovery } from "./open-discovery.ts";
export {
  findNeighbours,
  type FindNeighboursOptions,
  type NeighbourSearch,
} from "./find-neighbours.ts";
export { isMetered } from "./metered.ts";
export { isInSubnet, listNetworks, type Network } from "./network.ts";
export {
  changeSharing,
  type DecidedNetwork,
  readSharing,
  type SharingChoice,
  sharingPath,
} from "./sharing-file.ts";
