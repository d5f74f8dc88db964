export {
  type FollowedCollection,
  followCollection,
  listFollowed,
  markCollectionSeen,
  unfollowCollection,
} from "./collections/followed-collections.ts";
export {
  addToCollection,
  type CollectionOptions,
  collectionsFolder,
  listLocalCollections,
  type LocalCollection,
  readLocalCollection,
  removeCollection,
  removeFromCollection,
} from "./collections/local-collections.ts";
export { editProject, type EditedProject, type ProjectEdit } from "./files/edit-project.ts";
export { findProject } from "./files/find-project.ts";
export { type Project, readProject } from "./files/read-project.ts";
export { type AddedModel, addModels, type AddOptions } from "./models/add-models.ts";
export { findAlias, type FoundAlias } from "./models/find-alias.ts";
export { type InstallOptions, installModels } from "./models/install-models.ts";
export type { FailedModel, InstalledModel, InstallReport } from "./models/installed-model.ts";
export { locateLocked, type LocatedModel } from "./models/locate-locked.ts";
export { lockModels, type LockReport } from "./models/lock-models.ts";
export { lockedCommits } from "./models/locked-commits.ts";
export { knownSnapshot } from "./models/locked-model.ts";
export type { AskOptions, BringOptions } from "./models/project-options.ts";
export { type InstallPlan, planInstall, type PlannedInstall } from "./models/plan-install.ts";
export { removeModels } from "./models/remove-models.ts";
export {
  type MovedModel,
  updateLock,
  type UpdateLockOptions,
  type UpdateLockReport,
} from "./models/update-lock.ts";
export { verifyProject, type VerifyProjectOptions } from "./models/verify-project.ts";
