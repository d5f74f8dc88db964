import type { ServerResponse } from "node:http";
import { isSlice, type HubAnswer } from "../http/answer.ts";
import { endBody, sendAnswer, writeBody, writeHead, type OnSent } from "../http/send-answer.ts";
import { readBlob } from "../store/blob-source.ts";
import type { FaultEffect } from "./fault.ts";

const PIECE_BYTES = 64 * 1024;

/** An action once `at` body bytes are sent. It resolves to false when nothing may follow. */
interface Stop {
  readonly at: number;
  readonly act: () => Promise<boolean>;
}

/** Sends an answer over a connection that behaves as the faults have it. Resolves to whether all of it went out. */
export async function sendFaulty(
  response: ServerResponse,
  answer: HubAnswer,
  { faults, onSent }: { faults: readonly FaultEffect[]; onSent: OnSent },
): Promise<boolean> {
  const left = gone(response);
  if (!(await waitBefore(response, { faults, left }))) return false;
  const stops = faults
    .flatMap((fault) => stopOf(response, { fault, left }) ?? [])
    .toSorted((a, b) => a.at - b.at);
  const rate = Math.min(...faults.map((f) => (f.kind === "slow" ? f.bytesPerSecond : Infinity)));
  const flips = faults.flatMap((f) => (f.kind === "wrongBytes" ? [f.offset] : []));
  if (stops.length === 0 && rate === Infinity && flips.length === 0) {
    await sendAnswer(response, answer, onSent);
    return response.writableFinished;
  }
  writeHead(response, answer);
  response.flushHeaders();
  const first = isSlice(answer.body) ? answer.body.start : 0;
  let sent = 0;
  for await (const whole of piecesOf(answer, Math.min(PIECE_BYTES, Math.max(1, rate / 10)))) {
    for (const offset of flips) flip(whole, offset - first - sent);
    for (let rest = whole; rest.byteLength > 0;) {
      const until = stops[0] ? stops[0].at - sent : Infinity;
      const part = rest.subarray(0, Math.max(0, until));
      if (part.byteLength > 0 && !(await writeBody(response, part, onSent))) return false;
      sent += part.byteLength;
      rest = rest.subarray(part.byteLength);
      if (rate !== Infinity) await pause((part.byteLength / rate) * 1000, left);
      while (stops[0] && stops[0].at <= sent) {
        if (!(await stops.shift()?.act())) return false;
      }
    }
  }
  await endBody(response);
  return response.writableFinished;
}

/** The action before the headers. False when nothing may follow. */
async function waitBefore(
  response: ServerResponse,
  { faults, left }: { faults: readonly FaultEffect[]; left: Promise<void> },
): Promise<boolean> {
  for (const fault of faults) {
    if (fault.kind === "latency") await pause(fault.ms, left);
    if (fault.kind === "hold" && fault.afterBytes === undefined)
      await Promise.race([Promise.allSettled([fault.until]), left]);
    if (fault.kind === "stall" && fault.afterBytes === undefined) await left;
    if (fault.kind === "hangUp") response.destroy();
  }
  return !response.destroyed;
}

function stopOf(
  response: ServerResponse,
  { fault, left }: { fault: FaultEffect; left: Promise<void> },
): Stop | undefined {
  switch (fault.kind) {
    case "cut":
      return {
        at: fault.afterBytes,
        act: async () => {
          if (fault.reset) response.socket?.resetAndDestroy();
          else response.socket?.destroySoon();
          await left;
          return false;
        },
      };
    case "emptyPart":
      return {
        at: 0,
        act: async () => {
          response.socket?.destroySoon();
          await left;
          return false;
        },
      };
    case "chunkedEarlyEnd":
      return {
        at: fault.afterBytes,
        act: async () => {
          await endBody(response);
          return false;
        },
      };
    case "stall":
      return fault.afterBytes === undefined
        ? undefined
        : {
            at: fault.afterBytes,
            act: async () => {
              await left;
              return false;
            },
          };
    case "hold":
      return fault.afterBytes === undefined
        ? undefined
        : {
            at: fault.afterBytes,
            act: async () => {
              await Promise.race([Promise.allSettled([fault.until]), left]);
              return !response.destroyed;
            },
          };
    default:
      return undefined;
  }
}

async function* piecesOf(
  { body }: HubAnswer,
  pieceBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (isSlice(body)) {
    const { blob, start, end } = body;
    yield* readBlob(blob, { start, end, pieceBytes: Math.floor(pieceBytes) });
  } else if (body) {
    for (let at = 0; at < body.byteLength; at += Math.floor(pieceBytes)) {
      yield body.slice(at, at + Math.floor(pieceBytes));
    }
  }
}

function flip(piece: Uint8Array, index: number): void {
  const byte = piece[index];
  if (byte !== undefined) piece[index] = byte ^ 0xff;
}

async function pause(ms: number, left: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, left]);
  clearTimeout(timer);
}

/** Resolves when the client has left or the connection was cut. */
async function gone(response: ServerResponse): Promise<void> {
  if (response.destroyed || response.closed) return;
  await new Promise<void>((resolve) => response.once("close", resolve));
}
