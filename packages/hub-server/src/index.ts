export { HubServerError, type HubServerErrorCode } from "./errors.ts";
export { createHub, type Hub } from "./hub.ts";
export type { HubOptions } from "./hub-options.ts";
export type {
  ArrivedBytes,
  MirrorUpstream,
  RepoName,
  UpstreamAccess,
  UpstreamAsk,
  UpstreamFetch,
  UpstreamSnapshot,
} from "./mirror/upstream.ts";
export { createMirror, type Mirror } from "./mirror/mirror.ts";
export type { MirrorEvent, MirrorEventBody, OnMirrorEvent } from "./mirror/mirror-event.ts";
export type { MirrorOptions } from "./mirror/mirror-options.ts";
export {
  createNeighbourServer,
  type NeighbourDoor,
  type NeighbourServer,
  type NeighbourServerOptions,
} from "./mirror/neighbour-server.ts";
export type { OfferedRepo } from "./mirror/offered-blobs.ts";
export { type ServedMirror, serveMirror, type ServeMirrorOptions } from "./mirror/serve-mirror.ts";
export { serveHub, type ServedHub, type ServeHubOptions } from "./serve-hub.ts";
export {
  createDeviceLogins,
  type DeviceGrant,
  type DeviceLogins,
  type GrantedToken,
} from "./store/device-logins.ts";
export type { BlobReader, BlobSource } from "./store/blob-source.ts";
export {
  createDirectoryStore,
  type DirectoryRepoOptions,
  type DirectoryStoreOptions,
} from "./store/directory-store.ts";
export type { FileContent } from "./store/file-content.ts";
export { createMemoryStore, type MemoryStore, type RepoOptions } from "./store/memory-store.ts";
export { createXetStore, type AddFileOptions, type XetStore } from "./xet/xet-store.ts";
export {
  createXetStorage,
  type XetBehaviour,
  type XetOptions,
  type XetStorage,
} from "./xet/xet-storage.ts";
export type { DeclaredFile } from "./store/repo-file.ts";
export type {
  AccessRequest,
  FileScan,
  HubCollection,
  HubUser,
  RepoFile,
  RepoRefTarget,
  RepoSettings,
  RepoSnapshot,
  RepoStore,
  ScanStatus,
  ScannerName,
  ScannerResult,
  StoredRepo,
  TokenKind,
  TokenRefusal,
} from "./store/repo-store.ts";
