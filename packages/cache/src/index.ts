export { announceDownload } from "./lock/active-use.ts";
export {
  createDigester,
  digestFile,
  formatDigest,
  parseDigest,
  type Digest,
  type DigestAlgorithm,
  type Digester,
} from "./digest/digest.ts";
export { CacheError, type CacheErrorCode, type CacheErrorDetails } from "./names/errors.ts";
export type { ImportedAs } from "./export/describe-local-dir.ts";
export { exportArchive } from "./export/export-archive.ts";
export { exportFolder, exportTar, type Exported } from "./export/export-model.ts";
export { expandHome } from "./names/home.ts";
export { importFolder, importTar, type Imported } from "./export/import-model.ts";
export type { CopyEvent, CopyOptions } from "./disk/copy-meter.ts";
export type { Finding, FindingCode } from "./names/finding.ts";
export { inspectFiles, type FileState } from "./scan/inspect-files.ts";
export {
  blobPath,
  refPath,
  repoLayout,
  snapshotDir,
  snapshotPath,
  treePath,
  type RepoLayout,
} from "./names/layout.ts";
export { listRepos } from "./disk/list-repos.ts";
export { listCommits } from "./disk/list-commits.ts";
export { listRefs } from "./scan/list-refs.ts";
export { moveCache } from "./move/move-cache.ts";
export { moveRepo, type MovedRepo } from "./move/move-repo.ts";
export { cacheLocations, type CacheLocations } from "./names/locations.ts";
export { isLitterEntry } from "./names/litter.ts";
export { moveRef } from "./publish/move-ref.ts";
export { notInCache } from "./names/not-in-cache.ts";
export { listPins, pinModel, unpinModel, type Pin } from "./records/pin.ts";
export { findCommit, readRef } from "./records/ref.ts";
export {
  applyRemoval,
  type RemovalEvent,
  type RemovalResult,
  type RemovedRepo,
} from "./removal/apply-removal.ts";
export { type CacheFilter, type FilterSubject, parseCacheFilter } from "./removal/cache-filter.ts";
export {
  type EvictableRevision,
  type EvictionPlan,
  planEviction,
} from "./removal/plan-eviction.ts";
export { planPrune } from "./removal/plan-prune.ts";
export { planRemoval, type RemovalTarget, type SelectionRules } from "./removal/plan-removal.ts";
export type {
  KeepReason,
  KeptRevision,
  Leftover,
  RemovalPlan,
  RepoRemoval,
  RevisionRemoval,
} from "./removal/removal-plan.ts";
export { removeRepo } from "./removal/remove-repo.ts";
export {
  checkRepoId,
  parseRepoFolderName,
  repoFolderName,
  type RepoType,
} from "./names/repo-id.ts";
export { checkRepoPath } from "./names/repo-path.ts";
export { checkRevision, isCommit } from "./names/revision.ts";
export { scanCache, type CacheScan } from "./scan/scan-cache.ts";
export { scanRepos, type CacheSummary } from "./scan/scan-repos.ts";
export { scanSnapshot, type SnapshotEntry, type SnapshotScan } from "./scan/scan-snapshot.ts";
export type { CachedRepo, CachedRevision } from "./scan/scan-repo.ts";
export type { SnapshotFile } from "./digest/snapshot-file.ts";
export { snapshotStatus, type SnapshotStatus } from "./scan/snapshot-status.ts";
export { supportsSymlinks } from "./disk/symlinks.ts";
export { lastUses, recordUse } from "./records/use-record.ts";
export { forgetTurnedAway, noteTurnedAway, readTurnedAway } from "./records/turned-away.ts";
export { readTreeRecord } from "./records/tree-record.ts";
export { verifyCache, type VerifyTarget } from "./verify/verify-cache.ts";
export type { VerifyOptions } from "./verify/verify-files.ts";
export { verifyLocalDir } from "./verify/verify-local-dir.ts";
export type {
  BadFile,
  DamagedView,
  MissingFile,
  UnprovenFile,
  VerifiedFile,
  VerifyEvent,
  VerifyReport,
} from "./verify/verify-report.ts";
export { lmStudioModels } from "./view/lm-studio-models.ts";
export { missingFromView } from "./view/missing-from-view.ts";
export { janModels } from "./view/jan-models.ts";
export { makeView, removeView, viewPath } from "./view/make-view.ts";
export { listViews, type View, type ViewLayout, type ViewMethod } from "./records/view-record.ts";
