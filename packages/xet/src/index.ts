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
