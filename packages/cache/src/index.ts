export { announceDownload } from "./active-download.ts";
export {
  createDigester,
  digestFile,
  formatDigest,
  parseDigest,
  type Digest,
  type DigestAlgorithm,
  type Digester,
} from "./digest.ts";
export { CacheError, type CacheErrorCode, type CacheErrorDetails } from "./errors.ts";
export type { ImportedAs } from "./export/describe-local-dir.ts";
export { exportArchive } from "./export/export-archive.ts";
export { exportFolder, exportTar, type Exported } from "./export/export-model.ts";
export { importFolder, importTar, type Imported } from "./export/import-model.ts";
export type { CopyEvent, CopyOptions } from "./copy-meter.ts";
export type { Finding, FindingCode } from "./finding.ts";
export { inspectFiles, type FileState } from "./inspect-files.ts";
export {
  blobPath,
  lockPath,
  partialPaths,
  refPath,
  repoLayout,
  snapshotDir,
  snapshotPath,
  treePath,
  type RepoLayout,
} from "./layout.ts";
export { lfsPointerId } from "./lfs-pointer.ts";
export { listRepos } from "./list-repos.ts";
export { listCommits } from "./list-commits.ts";
export { listSnapshot } from "./list-snapshot.ts";
export { localDirPaths, localPartialPaths } from "./local-dir.ts";
export { readLocalMetadata, type LocalMetadata } from "./local-metadata.ts";
export { readLocalTreeRecord, writeLocalTreeRecord } from "./local-tree-record.ts";
export { moveCache } from "./move/move-cache.ts";
export { moveRepo, type MovedRepo } from "./move/move-repo.ts";
export { cacheLocations, type CacheLocations } from "./locations.ts";
export { acquireLock, tryLock, type FileLock } from "./lock.ts";
export { notInCache } from "./not-in-cache.ts";
export { listPins, pinModel, unpinModel, type Pin } from "./pin.ts";
export { prepareLocalDir } from "./prepare-local-dir.ts";
export { prepareRepo } from "./prepare-repo.ts";
export { publishRef } from "./publish-ref.ts";
export {
  localProofs,
  PROOF_STEP_BYTES,
  readProofRecord,
  repoProofs,
  writeProofRecord,
  type ProofFolder,
  type ProvedBlob,
} from "./proof-record.ts";
export { publishFile, type PublishFile } from "./publish-file.ts";
export { inspectLocalFiles, publishLocalFile } from "./publish-local-file.ts";
export { readRef, writeRef } from "./ref.ts";
export {
  applyRemoval,
  type RemovalEvent,
  type RemovalResult,
  type RemovedRepo,
} from "./removal/apply-removal.ts";
export { type CacheFilter, type FilterSubject, parseCacheFilter } from "./removal/cache-filter.ts";
export { parseAge } from "./removal/parse-age.ts";
export { type EvictionPlan, planEviction } from "./removal/plan-eviction.ts";
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
export { mendRepo, type Mended } from "./mend-repo.ts";
export { localQuarantine, quarantine, repoQuarantine } from "./quarantine.ts";
export { removeRepo } from "./remove-repo.ts";
export { checkRepoId, parseRepoFolderName, repoFolderName, type RepoType } from "./repo-id.ts";
export { checkRepoPath } from "./repo-path.ts";
export { checkRevision, isCommit } from "./revision.ts";
export { scanCache, type CacheScan } from "./scan-cache.ts";
export { scanRepos, type CacheSummary } from "./scan-repos.ts";
export { scanSnapshot, type SnapshotEntry, type SnapshotScan } from "./scan-snapshot.ts";
export type { CachedRepo, CachedRevision } from "./scan-repo.ts";
export type { SnapshotFile } from "./snapshot-file.ts";
export { snapshotStatus, type SnapshotStatus } from "./snapshot-status.ts";
export { supportsSymlinks } from "./symlinks.ts";
export { lastUses, recordUse } from "./use-record.ts";
export { readTreeRecord, writeTreeRecord } from "./tree-record.ts";
export { verifyCache, type VerifyTarget } from "./verify-cache.ts";
export type { VerifyOptions } from "./verify-files.ts";
export { verifyLocalDir } from "./verify-local-dir.ts";
export type {
  BadFile,
  MissingFile,
  UnprovenFile,
  VerifiedFile,
  VerifyEvent,
  VerifyReport,
} from "./verify-report.ts";
export { makeView, removeView, viewPath, type ViewLayout } from "./view/make-view.ts";
export { listViews, type View, type ViewMethod } from "./view/view-record.ts";
