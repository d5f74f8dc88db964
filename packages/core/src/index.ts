export type {
  BackendError,
  BackendFailure,
  BackendFetch,
  BackendHub,
  BackendRepo,
  DownloadBackend,
} from "./contract/backend.ts";
export type { AccessState } from "./hub/gated.ts";
export { download } from "./download/download.ts";
export { downloadMany, type DownloadOutcome, type SelectedRef } from "./download/download-many.ts";
export type {
  AncestorOptions,
  ArrivedBytes,
  DownloadOptions,
  HubOptions,
  FitWish,
  ReviewOptions,
  SelectionOptions,
  TrustPolicy,
} from "./contract/options.ts";
export {
  type ErrorCode,
  ModelDownloadError,
  type ModelDownloadErrorDetails,
} from "./contract/errors.ts";
export type {
  ActiveFile,
  DownloadEvent,
  DownloadEventBody,
  EventError,
  OnEvent,
  PlanBytes,
  ProgressState,
  WaitReason,
} from "./contract/events.ts";
export type { KnownFile, KnownSnapshot } from "./settings/known-snapshot.ts";
export { type CachedSnapshot, findCached } from "./download/find-cached.ts";
export {
  type Collection,
  type CollectionModel,
  parseCollectionRef,
  readCollection,
} from "./find/read-collection.ts";
export { type CardText, readCard } from "./find/read-card.ts";
export { checkHub, type HubHealth } from "./find/check-hub.ts";
export type { RateBudget } from "./http/rate-budget.ts";
export { findRepoId } from "./find/find-repo.ts";
export { listMLXModels, type ListOptions, type MLXModelEntry } from "./find/list-mlx-models.ts";
export { listModels, type ListModelsOptions } from "./find/list-models.ts";
export { lookAtSnapshot, type SnapshotLook } from "./find/look-at-snapshot.ts";
export {
  type ModelList,
  type ModelListPage,
  type ModelListRequest,
  openModelList,
  type OpenModelListOptions,
} from "./find/open-model-list.ts";
export type { ModelFacts, RememberedModel } from "./contract/model-facts.ts";
export type { ListedModel, ListSort, ModelQuery } from "./contract/listed-model.ts";
export { listCachedModels } from "./find/list-cached-models.ts";
export {
  downloadModel,
  MLXModelDownloader,
  type MLXModelDownloaderEvents,
  type MLXModelDownloaderOptions,
} from "./download/mlx-model-downloader.ts";
export type { DownloadedModel, ModelInfo } from "./find/model-info.ts";
export type { DownloadPlan, FileAction, PlannedBlob, PlannedFile } from "./transfer/plan.ts";
export { planModel } from "./download/plan-model.ts";
export { parseRate } from "./settings/parse-rate.ts";
export type { PresetName } from "./contract/preset-name.ts";
export { inspectMlx } from "./find/inspect-mlx.ts";
export { createSelector, type SelectableFile, type Selector } from "./select/select.ts";
export { selectFiles } from "./select/as-meant.ts";
export { parseRepoRef, type RepoRef } from "./settings/ref.ts";
export { readSettings, type Settings, type SettingsOptions } from "./settings/settings.ts";
export { createRateLimit } from "./transfer/connections/rate-limit.ts";
export type { XetMode } from "./contract/xet-mode.ts";
export type { RateLimit } from "./contract/rate-limit.ts";
export { sentences } from "./contract/sentences.ts";
export type { Snapshot, WithheldFile } from "./contract/snapshot.ts";
export type { LeftOut } from "./contract/left-out.ts";
export type { DownloadResult, FileResult, FileStatus, SourceBytes } from "./contract/result.ts";
export { identifyModel, type IdentifiedModel } from "./find/identify-model.ts";
export type { RepoFacts } from "./find/repo-facts.ts";
export { inspectFolder, inspectModel, type InspectOptions } from "./find/inspect-model.ts";
export type { InspectedModel, ModelAccess } from "./find/inspected-model.ts";
export { repoAccess } from "./find/repo-access.ts";
export type { RepoAccess } from "./hub/ask-repo-access.ts";
export { type ReadSnapshot, readSnapshot } from "./find/read-snapshot.ts";
export { readMachine, type ReadMachineOptions } from "./find/read-machine.ts";
export { repairModels, type RepairOptions } from "./repair/repair-models.ts";
export type {
  RepairedFile,
  RepairEvent,
  RepairReport,
  UnrepairedFile,
} from "./repair/repair-report.ts";
export { verifyModels, type VerifyModelsOptions } from "./repair/verify-models.ts";
export { type Decision, DECISIONS_CHANNEL } from "./contract/decision.ts";
export type { DownloadReview } from "./contract/review.ts";
export {
  type JudgedVariant,
  recommendModels,
  type Recommendation,
  type Recommendations,
  type RecommendOptions,
} from "./find/recommend-models.ts";
export { applyUpdate } from "./versions/apply-update.ts";
export { type HistoryCommit, listHistory, type RepoHistory } from "./versions/list-history.ts";
export { listVersions, type RepoVersion, type RepoVersions } from "./versions/list-versions.ts";
export { planUpdate, type UpdatePlan } from "./versions/plan-update.ts";
export { type Rollback, rollbackModel, type RollbackOptions } from "./versions/rollback-model.ts";
