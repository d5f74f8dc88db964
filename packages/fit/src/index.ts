export type {
  AttentionCache,
  AttentionShape,
  CacheGroup,
  CacheLayout,
  LayerCache,
} from "./model/cache-layout.ts";
export { describeModel, type DescribeOptions } from "./describe/describe-model.ts";
export { FitError, type FitErrorCode, type FitErrorDetails } from "./model/errors.ts";
export { type Fit, fitModel, type FitVerdict } from "./judge/fit-model.ts";
export type { LoadReason, LoadReasonCode } from "./judge/load-reason.ts";
export { type LoadOptions, loadVerdict, type LoadVerdict } from "./judge/load-verdict.ts";
export type { MlxProgram } from "./mlx-programs/mlx-programs.ts";
export type { ProgramVerdict } from "./judge/program-verdicts.ts";
export { kvBitsVerdict, type KvBitsVerdict } from "./caches/kv-bits.ts";
export { memoryNeed, type MemoryNeed, type MemoryOptions } from "./judge/memory-need.ts";
export { MLX_LM_TABLE } from "./mlx-lm/table.ts";
export type { MlxLmSupport } from "./mlx-lm/support.ts";
export type {
  Evidence,
  EvidenceSource,
  Experts,
  ModelDescription,
  ModelRole,
  RopeScaling,
  VisionTower,
} from "./model/model-description.ts";
export type { HubFacts, ModelFile, ModelFiles } from "./model/model-files.ts";
export { isMlxModel, type MlxSigns } from "./model/mlx-model.ts";
export type { Quantization } from "./model/quantization.ts";
export { quantizationLabel } from "./model/quantization-label.ts";
export {
  MAX_SAFETENSORS_HEADER_BYTES,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderBytes,
  type TensorInfo,
} from "./model/safetensors-header.ts";
export { type ModelName, type NameContainer, parseModelName } from "./name/model-name.ts";
export type { NamedMethod, NamedMode, NamedQuantization } from "./name/name-quantization.ts";
export type { NamedRole } from "./name/name-roles.ts";
export type { NamedSize } from "./name/name-size.ts";
export { activeParameters } from "./judge/active-parameters.ts";
export { decodeSpeed, type DecodeSpeed } from "./judge/decode-speed.ts";
export {
  assumedWiredLimit,
  type LimitSource,
  type Machine,
  type MemoryPressure,
  parseMemorySize,
  simulateMachine,
  type SimulatedMachine,
} from "./machine/machine.ts";
export { chipNames } from "./machine/chips.ts";
export { type MachineFacts, machineFromFacts } from "./machine/machine-facts.ts";
export {
  canCarryCode,
  lookAtSecurity,
  type SecurityFacts,
  type SecurityLook,
} from "./judge/security-look.ts";
export type { SecurityCode, SecurityFinding } from "./judge/security-finding.ts";
export { isRefusedByScanned, type ScanStatuses } from "./judge/scan-status.ts";
export {
  type VariantCandidate,
  type VariantChoice,
  type VariantWish,
  chooseVariant,
  middleSpeed,
  type RankedVariant,
} from "./choose/choose-variant.ts";
export { matchesQuantization } from "./name/matches-quantization.ts";
export {
  estimateFit,
  estimateWeights,
  type ListedVariant,
  type WeightEstimate,
} from "./choose/estimate-weights.ts";
export { generality, MODEL_TASKS, type ModelTask, suitsTask } from "./choose/model-task.ts";
export { loadsForTask, type TaskWish, taskWish } from "./choose/task-wish.ts";
export { canBeTrimmed, type DraftTarget, suitsAsDraft } from "./choose/suits-as-draft.ts";
export { DESCRIBED_BY } from "./describe/described-by.ts";
export {
  type Budget,
  type ModelRank,
  activeByName,
  alteration,
  rankModels,
  rankOf,
  roughness,
  slowness,
  tightness,
  type VariantGroup,
  variantKey,
} from "./choose/rank-models.ts";
export { type ModelCard, readModelCard } from "./model/model-card.ts";
