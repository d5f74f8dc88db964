export {
  baseFromReconstruction,
  baseFromSidecar,
  type BaseTerm,
  type DeltaBase,
  marksOf,
  type ReadBase,
} from "./delta/delta-base.ts";
export {
  type DeltaCopy,
  type DeltaPlan,
  type DeltaSteps,
  planDelta,
  type PlanDeltaOptions,
} from "./delta/plan-delta.ts";
export {
  decodeSidecar,
  encodeSidecar,
  type Sidecar,
  type SidecarTerm,
  type XorbMark,
} from "./delta/sidecar.ts";
export { blake3Keyed } from "./format/blake3.ts";
export { chunkLengths, type ChunkerVersion, nextChunkLength } from "./format/chunker.ts";
export { EMPTY_FILE_HASH, formatXetHash, isXetHash, parseXetHash } from "./format/hash.ts";
export {
  chunkHash,
  type ChunkHashes,
  fileHash,
  verificationHash,
  xorbHash,
} from "./format/merkle.ts";
export {
  parseShard,
  type Shard,
  type ShardFile,
  type ShardTerm,
  type ShardXorb,
} from "./format/shard.ts";
export { parseXorb, type Xorb, type XorbChunk, type XorbFooter } from "./format/xorb.ts";
export { decodeRun, type DecodedRun, type RunStop } from "./format/decode-run.ts";
export { XetError, type XetErrorCode, type XetErrorDetails } from "./errors.ts";
export {
  createKernel,
  type Kernel,
  kernelMemory,
  type KernelMemory,
  type Region,
  SLACK_BYTES,
} from "./kernel/kernel.ts";
export type { XetAnswer, XetFetch } from "./read/ask.ts";
export {
  createDecodeThreads,
  type DecodeThreads,
  type UnitSink,
  type UnitTarget,
} from "./read/decode-threads.ts";
export {
  type FetchUnit,
  planUnits,
  renewUnit,
  unitOutputs,
  type UnitUse,
  urlExpiry,
} from "./read/plan-units.ts";
export {
  type ExpectedFile,
  type FetchedUnit,
  type FileChunks,
  proveFile,
} from "./read/prove-file.ts";
export {
  createXetClient,
  type ReconstructOptions,
  type XetClient,
  type XetFile,
} from "./read/reconstruct-file.ts";
export { hashUnits } from "./read/hash-units.ts";
export {
  type ListedRange,
  parseReconstruction,
  type Reconstruction,
  type ReconstructionQuery,
  type Term,
} from "./read/reconstruction.ts";
export type { Span } from "./read/span.ts";
export {
  createUnitDecoder,
  type UnitDecoder,
  type UnitDecoderIo,
  type UnitResult,
} from "./read/unit-decoder.ts";
export {
  createXetTokens,
  type XetToken,
  type XetTokens,
  type XetTokensOptions,
} from "./read/xet-token.ts";
