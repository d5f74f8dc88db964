export type {
  AttentionCache,
  AttentionShape,
  CacheGroup,
  CacheLayout,
  LayerCache,
} from "./cache-layout.ts";
export { describeModel, type DescribeOptions } from "./describe-model.ts";
export { FitError, type FitErrorCode, type FitErrorDetails } from "./errors.ts";
export { type Fit, fitModel, type FitVerdict } from "./fit-model.ts";
export {
  type LoadOptions,
  type LoadReason,
  type LoadReasonCode,
  loadVerdict,
  type LoadVerdict,
} from "./load-verdict.ts";
export { kvBitsVerdict, type KvBitsVerdict } from "./kv-bits.ts";
export { memoryNeed, type MemoryNeed, type MemoryOptions } from "./memory-need.ts";
export { MLX_LM_TABLE } from "./mlx-lm-table.ts";
export type { MlxLmSupport } from "./mlx-lm-support.ts";
export type {
  Evidence,
  EvidenceSource,
  Experts,
  ModelDescription,
  ModelRole,
  RopeScaling,
} from "./model-description.ts";
export type { HubFacts, ModelFile, ModelFiles } from "./model-files.ts";
export { isMlxModel, type MlxSigns } from "./mlx-model.ts";
export type { Quantization } from "./quantization.ts";
export { quantizationLabel } from "./quantization-label.ts";
export {
  MAX_SAFETENSORS_HEADER_BYTES,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderBytes,
  type TensorInfo,
} from "./safetensors-header.ts";
export { type ModelName, type NameContainer, parseModelName } from "./model-name.ts";
export type { NamedMethod, NamedMode, NamedQuantization } from "./name-quantization.ts";
export type { NamedRole } from "./name-roles.ts";
export type { NamedSize } from "./name-size.ts";
export { decodeSpeed, type DecodeSpeed } from "./decode-speed.ts";
export {
  assumedWiredLimit,
  type LimitSource,
  type Machine,
  type MemoryPressure,
  parseMemorySize,
  simulateMachine,
  type SimulatedMachine,
} from "./machine.ts";
export { type MachineFacts, machineFromFacts } from "./machine-facts.ts";
export {
  canCarryCode,
  lookAtSecurity,
  type SecurityCode,
  type SecurityFacts,
  type SecurityFinding,
  type SecurityLook,
} from "./security-look.ts";
export {
  type Candidate,
  type Choice,
  type ChoiceWish,
  chooseVariant,
  type RankedCandidate,
} from "./choose-variant.ts";
export { matchesQuantization } from "./matches-quantization.ts";
export {
  estimateFit,
  estimateWeights,
  type ListedVariant,
  type WeightEstimate,
} from "./estimate-weights.ts";
export { MODEL_TASKS, type ModelTask, suitsTask } from "./model-task.ts";
export {
  type Budget,
  type ModelRank,
  rankModels,
  rankOf,
  type VariantGroup,
  variantKey,
} from "./rank-models.ts";
