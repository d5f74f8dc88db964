import { open } from "node:fs/promises";

// Python's reader takes no longer header either (safetensors, lib.rs: MAX_HEADER_SIZE).
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Checks a safetensors file by the arithmetic of its header alone: its length, its JSON, and that
 * the tensors end where the file ends. Returns a description of the fault, or undefined when the
 * file is sound. Reads no tensor. Rejects when the file cannot be read.
 */
export async function checkSafetensors(path: string): Promise<string | undefined> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(8);
    if (size < 8 || (await file.read(head, 0, 8, 0)).bytesRead < 8)
      return "it is shorter than 8 bytes";
    const length = head.readBigUInt64LE();
    if (length > BigInt(Math.min(size - 8, MAX_HEADER_BYTES))) {
      return `it says that its header has ${length} bytes`;
    }
    const text = Buffer.alloc(Number(length));
    await file.read(text, 0, text.length, 8);
    const end = endOfTensors(text.toString("utf8"));
    if (end === undefined) return "its header is no table of tensors";
    const expected = 8 + text.length + end;
    return expected === size ? undefined : `its tensors end at byte ${expected} of ${size}`;
  } finally {
    await file.close();
  }
}

function endOfTensors(text: string): number | undefined {
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header !== "object" || header === null || Array.isArray(header)) return undefined;
    let end = 0;
    for (const [name, tensor] of Object.entries(header) as [string, unknown][]) {
      if (name === "__metadata__") continue;
      const offsets = (tensor as { data_offsets?: unknown } | null)?.data_offsets;
      const [from, to] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
      if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return undefined;
      if ((from as number) < 0 || (to as number) < (from as number)) return undefined;
      end = Math.max(end, to as number);
    }
    return end;
  } catch {
    return undefined;
  }
}
