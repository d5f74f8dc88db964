import { open } from "node:fs/promises";
import { join } from "node:path";
import {
  isMlxModel,
  parseSafetensorsHeader,
  quantizationLabel,
  safetensorsHeaderBytes,
} from "@mlx-download/fit";

// Far above any real config or model card.
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const MAX_HEADER_BYTES = 25_000_000;

/**
 * Facts from a model folder's own files: its quantization, and whether it is an MLX model. Unreadable files are
 * ignored.
 */
export async function inspectMlx(
  path: string,
  files: readonly string[],
): Promise<{ readonly quantization: string | undefined; readonly isMlx: boolean }> {
  const config = await readStart(join(path, "config.json"), MAX_TEXT_BYTES);
  const isMlx =
    isMlxModel({ config }) ||
    isMlxModel({ card: await readStart(join(path, "README.md"), MAX_TEXT_BYTES) }) ||
    isMlxModel({ metadata: await weightsMetadata(path, files) });
  return { quantization: quantizationLabel(parse(config)), isMlx };
}

async function weightsMetadata(
  path: string,
  files: readonly string[],
): Promise<ReadonlyMap<string, string> | undefined> {
  const weights = files.find((file) => /^model.*\.safetensors$/.test(file));
  if (weights === undefined) return undefined;
  try {
    const file = join(path, weights);
    const length = safetensorsHeaderBytes((await readBytes(file, 8)) ?? new Uint8Array());
    if (length > MAX_HEADER_BYTES) return undefined;
    return parseSafetensorsHeader((await readBytes(file, length)) ?? new Uint8Array()).metadata;
  } catch {
    return undefined;
  }
}

async function readStart(path: string, limit: number): Promise<string | undefined> {
  return (await readBytes(path, limit))?.toString("utf8");
}

async function readBytes(path: string, limit: number): Promise<Buffer | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const length = Math.min(limit, size);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
