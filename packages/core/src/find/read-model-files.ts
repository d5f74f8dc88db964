import { forEachInLanes } from "@mlx-download/cache/writing";
import {
  type HubFacts,
  type ModelFile,
  type ModelFiles,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderBytes,
} from "@mlx-download/fit";
import { isObject } from "../hub/json-value.ts";
import type { ModelBytes } from "./model-bytes.ts";

/** The texts and headers of a model, and the headers that break the format. */
export interface ReadModel {
  /** Undefined when the repo has no `config.json`. */
  readonly files: ModelFiles | undefined;
  /** The fault of a weight file's header, by path. */
  readonly badHeaders: ReadonlyMap<string, string>;
}

const CONFIG_BYTES = 1_000_000;
const TEXT_BYTES = 262_144;
/** Larger ones (other makers' models with experts apart) are read only as far as their totals. */
const INDEX_BYTES = 1_000_000;
const TAIL_BYTES = 65_536;
/** A guess at a header's length where no index tells how many tensors there are. */
const HEADER_GUESS = 131_072;
/** Headers of files are far shorter. Together they may take this many bytes, and more where every one is to be read. */
const HEADER_BYTES = 8_000_000;
const ALL_HEADERS_BYTES = 128_000_000;
const MAX_SHARDS = 256;
/**
 * With more files than these, only the first one's header is read where the index has the totals: it gives bits, groups
 * and type.
 */
const FEW_SHARDS = 2;
const CONCURRENCY = 4;

/**
 * Reads the inputs of a description: config, index, tokenizer and template texts whole, weights only by their headers.
 * Where the index has the totals, the header of the first shard is enough. Otherwise those of all shards are read.
 */
export async function readModelFiles(
  bytes: ModelBytes,
  listing: readonly ModelFile[],
  options: {
    readonly hub?: HubFacts | undefined;
    /** Read every header, also those that the index leaves out. */
    readonly allHeaders?: boolean | undefined;
  } = {},
): Promise<ReadModel> {
  const sizes = new Map(listing.map((file) => [file.path, file.size ?? 0]));
  const text = async (path: string, limit: number): Promise<string | undefined> => {
    const size = sizes.get(path);
    if (size === undefined || size > limit) return undefined;
    return Buffer.from(await bytes.read(path, { start: 0, end: size })).toString("utf8");
  };
  const ifHere = async (path: string): Promise<string | undefined> =>
    bytes.isHere(path) ? text(path, TEXT_BYTES) : undefined;
  const badHeaders = new Map<string, string>();
  const hasTemplate = sizes.has("chat_template.jinja");
  const [config, index, tokenizerConfig, chatTemplate, card, generationConfig, hfQuantConfig] =
    await Promise.all([
      text("config.json", CONFIG_BYTES),
      readIndex(bytes, sizes),
      hasTemplate ? undefined : readTokenizerConfig(bytes, sizes.get("tokenizer_config.json")),
      text("chat_template.jinja", TEXT_BYTES),
      ifHere("README.md"),
      ifHere("generation_config.json"),
      text("hf_quant_config.json", TEXT_BYTES),
    ]);
  if (config === undefined) return { files: undefined, badHeaders };
  const tokenizerEnds = await readTokenizerEnds(bytes, sizes);
  const shards = listing.filter(({ path }) => /^model[^/]*\.safetensors$/.test(path));
  const chosen = options.allHeaders ? shards.slice(0, MAX_SHARDS) : chooseShards(shards, index);
  const headers = new Map<string, SafetensorsHeader>();
  let left = options.allHeaders ? ALL_HEADERS_BYTES : HEADER_BYTES;
  const read = async ({ path, size = 0 }: (typeof chosen)[number]): Promise<void> => {
    if (left <= 0) return;
    try {
      const header = await readHeader(bytes, { path, size }, { index, left });
      if (header === undefined) return;
      left -= header.headerBytes;
      headers.set(path, header);
    } catch (error) {
      const problem = badHeader(error);
      if (problem === undefined) throw error;
      badHeaders.set(path, problem);
    }
  };
  await forEachInLanes(chosen, read, { atOnce: CONCURRENCY });
  return {
    files: {
      config,
      files: listing,
      index: index?.text,
      headers,
      badHeaders,
      tokenizerEnds,
      tokenizerConfig,
      chatTemplate,
      card,
      generationConfig,
      hfQuantConfig,
      hub: options.hub,
    },
    badHeaders,
  };
}

// Transformers reads them when it makes the tokenizer.
const TOKENIZER_TEXTS = ["tokenizer.json", "special_tokens_map.json", "added_tokens.json"];

/** The ends of the tokenizer's files on this disk. Others are not worth a request. */
async function readTokenizerEnds(
  bytes: ModelBytes,
  sizes: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, string>> {
  const ends = new Map<string, string>();
  for (const path of TOKENIZER_TEXTS) {
    const size = sizes.get(path);
    if (size === undefined || !bytes.isHere(path)) continue;
    const end = await bytes.read(path, { start: Math.max(0, size - 64), end: size });
    ends.set(path, Buffer.from(end).toString("utf8"));
  }
  return ends;
}

interface ReadIndex {
  readonly text: string;
  /** Bytes of all tensors, by the index. */
  readonly totalSize: number | undefined;
  /** A guess at the header's length in bytes, by shard. */
  readonly headerBytes: ReadonlyMap<string, number>;
  /** The files that it names. Empty where it was too long to be read whole. */
  readonly shards: ReadonlySet<string>;
}

async function readIndex(
  bytes: ModelBytes,
  sizes: ReadonlyMap<string, number>,
): Promise<ReadIndex | undefined> {
  const path = "model.safetensors.index.json";
  const size = sizes.get(path);
  if (size === undefined || size === 0) return undefined;
  const end = size > INDEX_BYTES ? Math.min(size, TAIL_BYTES) : size;
  const read = Buffer.from(await bytes.read(path, { start: 0, end })).toString("utf8");
  const text = end === size ? read : totalsOf(read);
  const value = text === undefined ? undefined : parse(text);
  if (text === undefined || !isObject(value)) return undefined;
  const { metadata, weight_map: map } = value;
  const total = isObject(metadata) ? metadata["total_size"] : undefined;
  const headerBytes = new Map<string, number>();
  for (const [name, shard] of isObject(map) ? Object.entries(map) : []) {
    // An entry is its name and about 100 characters of dtype, shape and offsets.
    if (typeof shard === "string") {
      headerBytes.set(shard, (headerBytes.get(shard) ?? 1024) + name.length + 100);
    }
  }
  const totalSize = typeof total === "number" && Number.isSafeInteger(total) ? total : undefined;
  return { text, totalSize, headerBytes, shards: new Set(headerBytes.keys()) };
}

/** The `metadata` at the start of an index that is too long to be read whole, as an index of its own. */
function totalsOf(start: string): string | undefined {
  const metadata = /"metadata"\s*:\s*(\{[^{}]{0,4096}\})/.exec(start)?.[1];
  return metadata === undefined ? undefined : `{"metadata": ${metadata}}`;
}

/** Of a tokenizer with a huge vocabulary of added tokens only the template at its end is read. */
async function readTokenizerConfig(
  bytes: ModelBytes,
  size: number | undefined,
): Promise<string | undefined> {
  const path = "tokenizer_config.json";
  if (size === undefined) return undefined;
  const start = size > TEXT_BYTES ? size - TAIL_BYTES : 0;
  const text = Buffer.from(await bytes.read(path, { start, end: size })).toString("utf8");
  if (start === 0) return text;
  const template = /"chat_template"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return template === undefined ? undefined : `{"chat_template": ${template}}`;
}

function chooseShards(
  shards: readonly ModelFile[],
  index: ReadIndex | undefined,
): readonly ModelFile[] {
  const enough = index?.totalSize !== undefined && shards.length > FEW_SHARDS;
  if (!enough) return shards.slice(0, MAX_SHARDS);
  // A shard that is this small is no shard: it may be a git-lfs pointer.
  const small = shards.slice(1).filter(({ size }) => size !== undefined && size < 250);
  return [...shards.slice(0, 1), ...small].slice(0, MAX_SHARDS);
}

/** The header of a weight file. Undefined when it is longer than the limit. Throws when it breaks the format. */
async function readHeader(
  bytes: ModelBytes,
  { path, size }: { readonly path: string; readonly size: number },
  { index, left }: { readonly index: ReadIndex | undefined; readonly left: number },
): Promise<SafetensorsHeader | undefined> {
  const guess = index?.headerBytes.get(path) ?? HEADER_GUESS;
  const start = await bytes.read(path, { start: 0, end: Math.min(size, Math.max(8, guess)) });
  const length = safetensorsHeaderBytes(start);
  if (length > size) {
    throw new BadHeader(`its header would be longer (${length} bytes) than the file`);
  }
  if (length > left) return undefined;
  const rest =
    length > start.byteLength
      ? await bytes.read(path, { start: start.byteLength, end: length })
      : new Uint8Array();
  return parseSafetensorsHeader(Buffer.concat([start, rest]), { fileBytes: size });
}

class BadHeader extends Error {
  override readonly name = "BadHeader";
}

function badHeader(error: unknown): string | undefined {
  if (error instanceof BadHeader) return error.message;
  const bad = error instanceof Error && "code" in error && error.code === "fit/invalid-header";
  return bad ? error.message : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
