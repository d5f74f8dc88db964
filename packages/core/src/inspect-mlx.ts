import { open } from "node:fs/promises";
import { join } from "node:path";
import { isObject } from "./hub/json-value.ts";
import { quantizationLabel } from "./quantization.ts";

// Far above any real config or model card.
const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const MAX_HEADER_BYTES = 25_000_000;

/**
 * What a model folder's own files say: its quantization, and whether it is an MLX model (a `quantization` that
 * mlx-lm writes, a card with `library_name: mlx` or the tag, or weights marked `format: mlx`). Unreadable files say
 * nothing.
 */
export async function inspectMlx(
  path: string,
  files: readonly string[],
): Promise<{ readonly quantization: string | undefined; readonly isMlx: boolean }> {
  const config = parseObject(await readStart(join(path, "config.json"), MAX_TEXT_BYTES));
  const quantization = config === undefined ? undefined : quantizationLabel(config);
  const isMlx =
    isObject(config?.["quantization"]) ||
    isMlxCard(await readStart(join(path, "README.md"), MAX_TEXT_BYTES)) ||
    (await hasMlxWeights(path, files));
  return { quantization, isMlx };
}

/** Reads the front matter of a model card (YAML between two `---` lines) for `library_name: mlx` or a tag `mlx`. */
function isMlxCard(card: string | undefined): boolean {
  const frontMatter = card?.match(/^---\r?\n([\s\S]*?)\r?\n---/)?.[1] ?? "";
  return (
    /^library_name:\s*["']?mlx["']?\s*$/m.test(frontMatter) ||
    /^\s*-\s*["']?mlx["']?\s*$/m.test(frontMatter)
  );
}

async function hasMlxWeights(path: string, files: readonly string[]): Promise<boolean> {
  const weights = files.find((file) => /^model.*\.safetensors$/.test(file));
  if (weights === undefined) return false;
  const prefix = await readBytes(join(path, weights), 0, 8);
  const length = prefix?.byteLength === 8 ? prefix.readBigUInt64LE() : 0n;
  if (length === 0n || length > MAX_HEADER_BYTES) return false;
  const header = await readBytes(join(path, weights), 8, Number(length));
  const metadata = parseObject(header?.toString("utf8"))?.["__metadata__"];
  return isObject(metadata) && metadata["format"] === "mlx";
}

async function readStart(path: string, limit: number): Promise<string | undefined> {
  return (await readBytes(path, 0, limit))?.toString("utf8");
}

async function readBytes(
  path: string,
  position: number,
  limit: number,
): Promise<Buffer | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const length = Math.max(0, Math.min(limit, size - position));
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
