// For downloaders: locks, partial data, publishing, records. Programs that use a cache need only
// the package's main entry.
export { PROOF_STEP_BYTES } from "./digest/digest.ts";
export { errnoOf } from "./disk/errno.ts";
export { fsError, isFileError } from "./disk/fs-error.ts";
export { guardListener, timedEmitter, type WithoutTime } from "./events/guard-listener.ts";
export { syncData, syncHandle } from "./disk/sync-handle.ts";
export { lockPath, partialPaths } from "./names/layout.ts";
export { lfsPointerId } from "./digest/lfs-pointer.ts";
export { absentShards } from "./scan/absent-shards.ts";
export { inspectUnlisted, type UnlistedSnapshot } from "./scan/inspect-unlisted.ts";
export { isUnread } from "./names/unread.ts";
export { listSnapshot } from "./scan/list-snapshot.ts";
export { localDirPaths, localPartialPaths } from "./names/local-dir.ts";
export { readLocalMetadata, type LocalMetadata } from "./records/local-metadata.ts";
export { readLocalTreeRecord, writeLocalTreeRecord } from "./records/local-tree-record.ts";
export { acquireLock, tryLock, type FileLock } from "./lock/lock.ts";
export { prepareLocalDir } from "./publish/prepare-local-dir.ts";
export { prepareRepo } from "./publish/prepare-repo.ts";
export { publishRef } from "./publish/publish-ref.ts";
export {
  localProofs,
  readProofRecord,
  repoProofs,
  writeProofRecord,
  type ProofFolder,
  type ProvedBlob,
} from "./records/proof-record.ts";
export { listXetRecords, readXetRecord, writeXetRecord } from "./records/xet-record.ts";
export { publishFile, type PublishFile } from "./publish/publish-file.ts";
export {
  inspectLocalFiles,
  publishLocalFile,
  recognizeLocalFiles,
} from "./publish/publish-local-file.ts";
export { writeRef } from "./records/ref.ts";
export { mendRepo, type Mended } from "./verify/mend-repo.ts";
export { localQuarantine, quarantine, repoQuarantine } from "./verify/quarantine.ts";
export { discardEmptyRepo } from "./removal/discard-empty-repo.ts";
export { replaceBeside } from "./disk/durable-file.ts";
export { findHome } from "./names/home.ts";
export { repoBeside } from "./names/repo-beside.ts";
export {
  messageWithoutThreads,
  startThread,
  type ThreadPrograms,
  withoutThreads,
} from "./thread/start-thread.ts";
export { forEachInLanes, runLanes } from "./thread/run-lanes.ts";
export { writeTreeRecord } from "./records/tree-record.ts";
