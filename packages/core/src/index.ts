export type {
  BackendError,
  BackendFailure,
  BackendFetch,
  BackendHub,
  BackendRepo,
  DownloadBackend,
} from "./backend/backend.ts";
export { type Account, type AccountOptions, whoAmI } from "./account/account.ts";
export { type DeviceCode, deviceLogin } from "./account/device-login.ts";
export type { GivenToken } from "./account/oauth.ts";
export { renewToken } from "./account/renew-token.ts";
export {
  readStoredTokens,
  removeTokens,
  storedName,
  type StoredToken,
  storeToken,
  type TokenFiles,
  tokenFiles,
} from "./account/stored-token.ts";
export { download } from "./download.ts";
export { downloadMany, type DownloadOutcome } from "./download-many.ts";
export type {
  AncestorOptions,
  DownloadOptions,
  HubOptions,
  FitWish,
  ReviewOptions,
  SelectionOptions,
  TrustPolicy,
} from "./download-options.ts";
export { type ErrorCode, ModelDownloadError, type ModelDownloadErrorDetails } from "./errors.ts";
export type {
  ActiveFile,
  DownloadEvent,
  DownloadEventBody,
  EventError,
  OnEvent,
  PlanBytes,
  ProgressState,
  WaitReason,
} from "./events.ts";
export { type CachedSnapshot, findCached } from "./find-cached.ts";
export { listMLXModels, type ListOptions, type MLXModelEntry } from "./list-mlx-models.ts";
export { listModels, type ListModelsOptions } from "./list-models.ts";
export type { ListedModel, ListSort, ModelQuery } from "./hub/search-models.ts";
export { listCachedModels } from "./list-cached-models.ts";
export {
  downloadModel,
  MLXModelDownloader,
  type MLXModelDownloaderEvents,
  type MLXModelDownloaderOptions,
} from "./mlx-model-downloader.ts";
export type { DownloadedModel, ModelInfo } from "./model-info.ts";
export type { DownloadPlan, FileAction, PlannedBlob, PlannedFile } from "./plan.ts";
export { planModel } from "./plan-model.ts";
export { parseRate } from "./parse-rate.ts";
export type { PresetName } from "./preset.ts";
export { inspectMlx } from "./inspect-mlx.ts";
export {
  createSelector,
  type SelectableFile,
  type SelectOptions,
  type Selector,
} from "./select.ts";
export { parseRepoRef, type RepoRef } from "./ref.ts";
export { readSettings, type Settings, type SettingsOptions } from "./settings.ts";
export { createRateLimit, type RateLimit } from "./transfer/rate-limit.ts";
export type { DownloadResult, FileResult, FileStatus } from "./result.ts";
export {
  inspectFolder,
  inspectModel,
  type InspectedModel,
  type InspectOptions,
} from "./inspect/inspect-model.ts";
export { readMachine, type ReadMachineOptions } from "./machine/read-machine.ts";
export { repairModels, type RepairOptions } from "./repair/repair-models.ts";
export type {
  RepairedFile,
  RepairEvent,
  RepairReport,
  UnrepairedFile,
} from "./repair/repair-report.ts";
export { verifyModels, type VerifyModelsOptions } from "./repair/verify-models.ts";
export type { DownloadReview } from "./inspect/review-download.ts";
export {
  type JudgedVariant,
  recommendModels,
  type Recommendation,
  type Recommendations,
  type RecommendOptions,
} from "./recommend/recommend-models.ts";
