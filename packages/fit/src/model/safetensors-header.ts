import { FitError } from "./errors.ts";
import { isObject, stringField } from "./json-value.ts";

/** One tensor as a safetensors header lists it. */
export interface TensorInfo {
  /** As the file says: `BF16`, `U32`, `F8_E4M3` … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Where its bytes begin, counted from the end of the header. */
  readonly offset: number;
  readonly bytes: number;
}

/** The content of one safetensors file, by its header. */
export interface SafetensorsHeader {
  /** Bytes of the header with its 8-byte length: where the data begins. */
  readonly headerBytes: number;
  /** Bytes of all tensors together. */
  readonly tensorBytes: number;
  /** Where the last tensor ends. `headerBytes + dataEnd` is the size of a whole file. */
  readonly dataEnd: number;
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

/** The longest header that is read, as in the reference implementation of the format. */
export const MAX_SAFETENSORS_HEADER_BYTES = 100_000_000;

const MAX_DIMENSIONS = 32;

// Bits an element takes, from the dtypes of the safetensors format.
const DTYPE_BITS: ReadonlyMap<string, number> = new Map([
  ...["BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E5M2FNUZ", "F8_E4M3FNUZ"].map(
    (name) => [name, 8] as const,
  ),
  ...["U16", "I16", "F16", "BF16"].map((name) => [name, 16] as const),
  ...["U32", "I32", "F32"].map((name) => [name, 32] as const),
  ...["U64", "I64", "F64", "C64"].map((name) => [name, 64] as const),
  ["F4", 4],
  ["F6_E2M3", 6],
  ["F6_E3M2", 6],
]);

/** How a git-lfs pointer begins. */
const POINTER = new TextEncoder().encode("version ");

/**
 * How many bytes from the start of a safetensors file hold its header, told by the file's first eight bytes. Throws
 * `fit/invalid-header` when they are fewer, name an impossible length, or begin a git-lfs pointer.
 */
export function safetensorsHeaderBytes(start: Uint8Array): number {
  if (start.byteLength < 8) throw invalid(`only ${start.byteLength} of its first 8 bytes are here`);
  // Read as a length, its first word would be 2·10¹⁸ bytes.
  if (POINTER.every((byte, at) => start[at] === byte)) {
    throw invalid("the file is a git-lfs pointer, not weights: its owner uploaded it without them");
  }
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (length < 2n || length > MAX_SAFETENSORS_HEADER_BYTES) {
    throw invalid(`its header would be ${length} bytes long`);
  }
  return 8 + Number(length);
}

/**
 * Reads the header from the first bytes of a safetensors file (at least `safetensorsHeaderBytes` of them). With
 * `fileBytes`, the tensors must end exactly where the file does. Throws `fit/invalid-header` on anything that the
 * format forbids: wrong lengths, tensors that overlap, sizes that do not follow from dtype and shape.
 */
export function parseSafetensorsHeader(
  start: Uint8Array,
  options: { readonly fileBytes?: number | undefined } = {},
): SafetensorsHeader {
  const headerBytes = safetensorsHeaderBytes(start);
  if (start.byteLength < headerBytes) {
    throw invalid(`only ${start.byteLength} of its header's ${headerBytes} bytes are here`);
  }
  const json = parseHeaderJson(start.subarray(8, headerBytes));
  const metadata = new Map<string, string>();
  const tensors = new Map<string, TensorInfo>();
  for (const [name, entry] of Object.entries(json)) {
    if (name === "__metadata__") {
      // MLX writes null where there is none.
      if (entry !== null && !isObject(entry)) throw invalid("its __metadata__ is no object");
      for (const [key, value] of Object.entries(entry ?? {})) {
        if (typeof value === "string") metadata.set(key, value);
      }
    } else {
      tensors.set(name, tensorInfo(name, entry));
    }
  }
  const dataEnd = checkedEnd(tensors);
  let tensorBytes = 0;
  for (const { bytes } of tensors.values()) tensorBytes += bytes;
  const { fileBytes } = options;
  if (fileBytes !== undefined && headerBytes + dataEnd !== fileBytes) {
    throw invalid(`its tensors end at byte ${headerBytes + dataEnd} of ${fileBytes}`);
  }
  return { headerBytes, tensorBytes, dataEnd, metadata, tensors };
}

function parseHeaderJson(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid("its header is no JSON", cause);
  }
  if (!isObject(value)) throw invalid("its header is no JSON object");
  return value;
}

function tensorInfo(name: string, entry: unknown): TensorInfo {
  const shown = name.length > 200 ? `${name.slice(0, 200)}…` : name;
  const dtype = stringField(entry, "dtype");
  const bits = DTYPE_BITS.get(dtype ?? "");
  if (!isObject(entry) || dtype === undefined || bits === undefined) {
    throw invalid(`tensor ${JSON.stringify(shown)} has no dtype that the format knows`);
  }
  const { shape, data_offsets: offsets } = entry;
  if (!isCounts(shape) || shape.length > MAX_DIMENSIONS) {
    throw invalid(`tensor ${JSON.stringify(shown)} has no shape`);
  }
  const [begin, end] = isCounts(offsets) && offsets.length === 2 ? offsets : [];
  if (begin === undefined || end === undefined || begin > end) {
    throw invalid(`tensor ${JSON.stringify(shown)} has no data_offsets`);
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(elements) || elements * bits !== (end - begin) * 8) {
    throw invalid(
      `tensor ${JSON.stringify(shown)} (${dtype}, ${shape.join("×")}) takes ${end - begin} bytes`,
    );
  }
  return { dtype, shape, offset: begin, bytes: end - begin };
}

function isCounts(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.every((item) => typeof item === "number" && Number.isSafeInteger(item) && item >= 0)
  );
}

/** The end of the last tensor. Throws when two share bytes. */
function checkedEnd(tensors: ReadonlyMap<string, TensorInfo>): number {
  let end = 0;
  const inOrder = [...tensors.values()].toSorted(
    (a, b) => a.offset - b.offset || a.bytes - b.bytes,
  );
  for (const { offset, bytes } of inOrder) {
    if (offset < end) throw invalid(`two tensors share byte ${offset} of its data`);
    end = offset + bytes;
  }
  return end;
}

function invalid(reason: string, cause?: unknown): FitError {
  return new FitError(`Not a sound safetensors file: ${reason}`, "fit/invalid-header", {
    hint: "Do not load the file: fetch it again, and if it stays so, tell the model's author.",
    data: { reason },
    cause,
  });
}
