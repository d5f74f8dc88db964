import type { FetchUnit } from "@mlx-download/xet";
import { ModelDownloadError } from "../../contract/errors.ts";
import { type ByteSink, pour, SinkError } from "../../http/byte-sink.ts";
import { requestFollowing } from "../../http/follow.ts";
import { readBody } from "../../http/read-body.ts";
import { redactText } from "../../http/redact.ts";
import { isRetryableStatus, serverDelayMs } from "../../http/retry.ts";
import type { TransportResponse } from "../../http/transport.ts";
import type { HubClient } from "../../hub/hub-client.ts";
import { isEncoded } from "../sources/judge-answer.ts";
import { parseContentRange } from "../sources/content-range.ts";

/** Why a request for a unit brought no bytes, or not all of them. */
export type UnitFault =
  /** The network broke or stalled, or the server was busy: the same request may work next time. */
  | "transient"
  /** Something else than the range came. */
  | "wrong-answer"
  /** The address has ended, or ends now. */
  | "expired"
  /** The host does not give it, and says why. */
  | "refused";

/** A request for a unit that failed. `host` is the one of the storage's bytes. */
export class UnitError extends Error {
  override readonly name = "UnitError";
  readonly fault: UnitFault;
  readonly host: string;
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    facts: {
      readonly fault: UnitFault;
      readonly host: string;
      readonly code?: string;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.fault = facts.fault;
    this.host = facts.host;
    this.code = facts.code ?? "xet/bad-response";
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** The part of a unit to ask for. */
export interface AskedPart {
  readonly unit: FetchUnit;
  /** Bytes of the stored xorb, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Bytes at its start that are here already. */
  readonly skip: number;
}

/** How it is asked for. */
export interface AskUnitIo {
  readonly client: HubClient;
  readonly sink: ByteSink;
  readonly signal: AbortSignal;
  readonly idleMs: number;
  readonly onWire: (bytes: number) => void;
  /** The address will not be good for long, by its own `Expires`. */
  readonly endsSoon: boolean;
}

const SAID_BYTES = 16 * 1024;
const SAID_CHARACTERS = 200;

/**
 * One GET of one range, without a token: the address is signed. Throws `UnitError`, the sink's error, or the signal's
 * reason.
 */
export async function askUnit(part: AskedPart, io: AskUnitIo): Promise<void> {
  const { client, signal, idleMs } = io;
  const url = new URL(part.unit.url);
  try {
    const { response } = await requestFollowing(client.transport, url, {
      headers: {
        "user-agent": client.downloadHeaders["user-agent"] ?? "",
        "accept-encoding": "identity",
        range: `bytes=${part.start}-${part.end - 1}`,
      },
      signal,
      headersTimeoutMs: idleMs,
      bodyTimeoutMs: idleMs,
    });
    await refuse(response, part, { host: url.host, endsSoon: io.endsSoon });
    await take(response, part, io);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SinkError) throw error.cause;
    if (!(error instanceof ModelDownloadError)) throw error;
    const { message, code } = error;
    throw new UnitError(message, { fault: "transient", host: url.host, code, cause: error });
  }
}

/** Throws for every answer but the range, and nothing else, of known length. */
async function refuse(
  response: TransportResponse,
  { start, end, unit }: AskedPart,
  { host, endsSoon }: { readonly host: string; readonly endsSoon: boolean },
): Promise<void> {
  const { status, headers } = response;
  const wrong = (why: string): UnitError => {
    response.discard();
    return new UnitError(`${host} ${why} (xorb ${unit.xorb})`, { fault: "wrong-answer", host });
  };
  if (status === 206) {
    const header = headers.get("content-range");
    const range = parseContentRange(header);
    if (isEncoded(headers)) throw wrong("compressed a part of a xorb");
    if (header !== undefined && range === undefined) throw wrong("sent a part that cannot be");
    if (range !== undefined && (range.start !== start || range.end !== end)) {
      throw wrong(`sent bytes ${range.start}-${range.end - 1} instead of ${start}-${end - 1}`);
    }
    const length = headers.get("content-length");
    if (length !== undefined && Number(length) !== end - start) {
      throw wrong(`announced ${length} bytes instead of ${end - start}`);
    }
    return;
  }
  if (status < 400) throw wrong(`answers ${status} to a range`);
  const body = await readBody(response, SAID_BYTES).catch(() => Buffer.alloc(0));
  const answer = redactText(
    body
      .toString()
      .replaceAll(/<[^>]*>|\s+/gu, " ")
      .trim(),
    SAID_CHARACTERS,
  );
  const message = `${host} answers ${status}${answer === "" ? "" : `: ${answer}`}`;
  if (status === 416) throw new UnitError(message, { fault: "wrong-answer", host });
  if (isRetryableStatus(status)) {
    const retryAfterMs = serverDelayMs({ status, headers });
    const code = status === 429 ? "xet/rate-limited" : "xet/unavailable";
    throw new UnitError(message, { fault: "transient", host, code, retryAfterMs });
  }
  const isAccess = status === 401 || status === 403;
  const code = isAccess ? "xet/unauthorized" : "xet/bad-response";
  throw new UnitError(message, { fault: isAccess && endsSoon ? "expired" : "refused", host, code });
}

/** Reads the body into the sink, beginning behind the bytes that are here. */
async function take(
  response: TransportResponse,
  { start, end, skip }: AskedPart,
  { sink, onWire }: AskUnitIo,
): Promise<void> {
  const length = end - start;
  let toSkip = skip;
  let scratch: Uint8Array | undefined;
  const into: ByteSink = {
    space() {
      if (toSkip === 0) return sink.space();
      scratch ??= new Uint8Array(SAID_BYTES);
      return scratch.subarray(0, toSkip);
    },
    filled(bytes) {
      onWire(bytes);
      if (toSkip === 0) return sink.filled(bytes);
      toSkip -= bytes;
      return undefined;
    },
  };
  if (response.readInto && response.headers.get("content-length") !== undefined) {
    await response.readInto(into);
    return;
  }
  let left = length;
  try {
    for await (const piece of response.body) {
      const useful = piece.subarray(0, left);
      left -= useful.byteLength;
      await pour(useful, into).catch((error: unknown) => {
        throw new SinkError(error);
      });
      if (useful.byteLength < piece.byteLength) break;
    }
  } finally {
    response.discard();
  }
  if (left > 0) {
    throw new ModelDownloadError(`a body ended ${left} bytes too early`, "transfer/interrupted", {
      hint: "Nothing to do: that part is asked for again.",
    });
  }
}
