export { type CatalogueAge, readAge } from "./catalogue/catalogue-age.ts";
export type {
  CatalogueHub,
  ListingAnswer,
  ListingRequest,
  RateBudget,
} from "./catalogue/catalogue-hub.ts";
export type { CatalogueModel } from "./catalogue/catalogue-model.ts";
export { catalogueStatus, type CatalogueStatus } from "./catalogue/catalogue-status.ts";
export { importListing, type Listing } from "./catalogue/import-listing.ts";
export { importSeed, type SeedCatalogue, type SeedModel } from "./catalogue/import-seed.ts";
export { type CataloguePart, listCatalogue } from "./catalogue/list-catalogue.ts";
export { planSync, type SyncPlan, type SyncPlanOptions } from "./catalogue/plan-sync.ts";
export { LISTED_FIELDS, readHubModel } from "./catalogue/read-hub-model.ts";
export {
  syncCatalogue,
  type SyncOptions,
  type SyncProgress,
  type SyncResult,
} from "./catalogue/sync-catalogue.ts";
export type { RegistryNotice } from "./database/open-database.ts";
export { registryPath } from "./database/registry-path.ts";
export { RegistryError, type RegistryErrorCode, type RegistryErrorDetails } from "./errors.ts";
export { compareLock, type LockDifference, requireLocked } from "./lock/compare-lock.ts";
export { editManifest, likeBefore, type ManifestEdit } from "./lock/edit-manifest.ts";
export { exportLock, type LockExportOptions, type LockFormat } from "./lock/export-lock.ts";
export { filesDigest, isSafePath, type LockedFile } from "./lock/locked-files.ts";
export { formatLock, LOCK_FILE, type LockedModel, type ModelLock, parseLock } from "./lock/lock.ts";
export {
  formatManifest,
  type Manifest,
  MANIFEST_FILE,
  type ManifestModel,
  MODEL_PRESETS,
  type ModelPreset,
  parseManifest,
} from "./lock/manifest.ts";
export { checkAlias, type NamedModel, parseNamedModel } from "./lock/model-name.ts";
export {
  createRecorder,
  type RecordableEvent,
  type Recorder,
  type RecorderOptions,
} from "./record/recorder.ts";
export type { RecordedDownload, RecordedVersion, VersionCause } from "./record/record-entries.ts";
export {
  type CacheTraces,
  isRecordNew,
  rebuildRecord,
  type RebuiltRecord,
} from "./record/rebuild-record.ts";
export { type ModelRecord, previousVersion, readRecord } from "./record/read-record.ts";
export { openRegistry, type Registry, type RegistryOptions } from "./registry.ts";
export type { ModelGroup } from "./search/group-models.ts";
export {
  type CatalogueQuery,
  type NumberRange,
  parseQuery,
  QUERY_KEYS,
  type QueryFilters,
} from "./search/parse-query.ts";
export {
  searchCatalogue,
  type SearchAnswer,
  type SearchOptions,
} from "./search/search-catalogue.ts";
export { type ChangeClass, changeClass } from "./versions/change-class.ts";
export type { ValueChange } from "./versions/diff-json.ts";
export {
  type ComparedFile,
  type ComparedSnapshot,
  diffSnapshots,
  type FileChange,
  type SnapshotDiff,
} from "./versions/diff-snapshots.ts";
