import type { ServerResponse } from "node:http";
import { isSlice, type BlobSlice, type HubAnswer } from "./answer.ts";

// One reader gets two buffers of 1 MiB, which is as fast as it gets. Many share a little, because a slow reader holds
// its buffers for as long as it reads: 200 of them take 60 MB.
const MOST_BUFFER_BYTES = 1024 * 1024;
const LEAST_BUFFER_BYTES = 64 * 1024;
const SHARED_BYTES = 8 * 1024 * 1024;
let sending = 0;

/** Reports body bytes as the socket has taken them. */
export type OnSent = (bytes: number) => void;

/**
 * Sends an answer and resolves when it is sent or the client has left. A blob goes through two
 * buffers in turn: one is filled while the socket takes the other, and none is filled again before
 * the callback of its write. Rejects when the blob cannot be read or is too short. The connection
 * must then be cut, since a length was promised.
 */
export async function sendAnswer(
  response: ServerResponse,
  answer: HubAnswer,
  onSent: OnSent = () => {},
): Promise<void> {
  writeHead(response, answer);
  const { body } = answer;
  if (isSlice(body)) await sendSlice(response, body, onSent);
  else if (body && !(await writeBody(response, body, onSent))) return;
  await endBody(response);
}

/** Writes status and headers. */
export function writeHead(response: ServerResponse, { status, headers }: HubAnswer): void {
  response.writeHead(status, [...headers].flatMap(headerLines));
}

/** A header as it is written: the Hub sends each name of `Vary` in a line of its own (httpcore log of 2026-06-08). */
function headerLines([name, value]: [string, string]): string[] {
  return name === "vary" ? value.split(", ").flatMap((item) => [name, item]) : [name, value];
}

/**
 * Writes a piece of the body. False when the client has left. The piece may be reused afterwards.
 */
export async function writeBody(
  response: ServerResponse,
  piece: Uint8Array,
  onSent: OnSent,
): Promise<boolean> {
  if (response.destroyed || response.writableEnded) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const left = (): void => resolve(false);
  response.once("close", left);
  response.write(piece, (error) => resolve(!error));
  const taken = await promise;
  response.off("close", left);
  if (taken) onSent(piece.byteLength);
  return taken;
}

/** Ends the body and resolves when the socket has it all or is gone. */
export async function endBody(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once("close", resolve);
  response.end(resolve);
  await promise;
  response.off("close", resolve);
}

async function sendSlice(
  response: ServerResponse,
  { blob, start, end }: BlobSlice,
  onSent: OnSent,
): Promise<void> {
  const reader = await blob.open();
  sending += 1;
  try {
    const share = Math.max(LEAST_BUFFER_BYTES, Math.floor(SHARED_BYTES / sending));
    const length = Math.max(1, Math.min(MOST_BUFFER_BYTES, share, end - start));
    let [filling, other] = [Buffer.allocUnsafeSlow(length), Buffer.allocUnsafeSlow(length)];
    let written: Promise<boolean> = Promise.resolve(true);
    for (let position = start; position < end;) {
      const count = await reader.read(
        filling.subarray(0, Math.min(length, end - position)),
        position,
      );
      if (!(await written)) return;
      if (count === 0) throw new Error(`the blob ended at byte ${position}, before ${end}`);
      written = writeBody(response, filling.subarray(0, count), onSent);
      position += count;
      [filling, other] = [other, filling];
    }
    await written;
  } finally {
    sending -= 1;
    await reader.close();
  }
}
