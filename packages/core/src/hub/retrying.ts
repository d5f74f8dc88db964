import type { DownloadEventBody } from "../contract/events.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { isRetryableStatus, MAX_WAIT_MS, retryDelayMs, serverDelayMs } from "../http/retry.ts";
import { sleep } from "../http/sleep.ts";
import type { ResponseHeaders } from "../http/transport.ts";
import { serverWait } from "./server-wait.ts";

const MAX_RETRIES = 5;
/** Half a minute of retries is useless when there is no network at all. */
const MAX_RETRIES_UNCONNECTED = 2;
/** Two timeouts without a sign of life are enough. The second one is long (`timeoutOf`). */
const MAX_RETRIES_SILENT = 1;
const UNCONNECTED: readonly string[] = [
  "dns",
  "refused",
  "unreachable",
  "connect-timeout",
  "proxy",
  "unknown",
];

const HOPELESS: readonly string[] = ["offline", "tls", "protocol"];

/** A try that failed. `status` and `headers` are set when there was an answer. */
export interface FailedTry {
  readonly error: ModelDownloadError;
  readonly status?: number | undefined;
  readonly headers?: ResponseHeaders | undefined;
  /** An answer that was cut or not understood, which another try may heal. */
  readonly transient?: boolean | undefined;
  /** It took all its time. */
  readonly late?: boolean | undefined;
}

/** The outcome of one try. */
export type Try<T> = { readonly value: T } | { readonly failed: FailedTry };

/** How to try again. */
export interface RetryingOptions {
  readonly signal?: AbortSignal | undefined;
  readonly emit: (event: DownloadEventBody) => void;
  readonly path?: string | undefined;
  /** First back-off in ms. Default 500. */
  readonly baseMs?: number | undefined;
  /** Less than the usual patience. */
  readonly patience?: Patience | undefined;
  /** How long try number n waits for an answer, in ms. It is reported when a try was not answered. */
  readonly timeoutOf?: ((attempt: number) => number) | undefined;
}

/** How often to try again at most, also after silence, and how long to wait for it at most, in ms. */
export interface Patience {
  readonly retries: number;
  readonly afterSilence: number;
  readonly waitMs: number;
}

/**
 * Runs `attempt` (called with 1, 2, …) until it returns a value. It retries at most 5 times after a status or cut that
 * may heal, twice after a failure to connect, and once after a try that used all its time without an answer. It never
 * retries after 401, 403, 404 or a TLS failure. It waits as long as the server asks. When that is longer than ten
 * minutes, or the tries are used up, it throws the last error. Each wait is announced by a `retry` event, or by
 * `waiting` when the server asked for it.
 */
export async function retrying<T>(
  attempt: (number: number) => Promise<Try<T>>,
  options: RetryingOptions,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const outcome = await attempt(tries);
    if ("value" in outcome) return outcome.value;
    const { error, status, headers } = outcome.failed;
    const facts = { status, headers, baseMs: options.baseMs };
    const delayMs = retryDelayMs(tries, facts);
    const { retries = Infinity, waitMs = MAX_WAIT_MS } = options.patience ?? {};
    const most = Math.min(retries, maxRetries(outcome.failed, options.patience));
    if (tries > most || delayMs > waitMs) throw error;
    const path = options.path === undefined ? {} : { path: options.path };
    const timeoutMs = isSilent(outcome.failed) ? options.timeoutOf?.(tries + 1) : undefined;
    const long = timeoutMs === undefined ? {} : { timeoutMs };
    const more =
      timeoutMs === undefined ? "" : `. The next try may take ${Math.round(timeoutMs / 1000)} s`;
    const { code } = error;
    const host = hostOf(error);
    if (host !== undefined && serverDelayMs(facts) !== undefined) {
      options.emit(serverWait({ host, code }, delayMs));
    } else {
      const message = `${error.message}${more}`;
      options.emit({ type: "retry", ...path, attempt: tries, delayMs, ...long, code, message });
    }
    await sleep(delayMs, options.signal);
  }
}

/** Which server gave the answer that an error is about. */
function hostOf({ data }: ModelDownloadError): string | undefined {
  const { url } = data;
  return typeof url === "string" ? URL.parse(url)?.host : undefined;
}

const isSilent = ({ error, late }: FailedTry): boolean =>
  late === true || (error.code === "hub/unreachable" && error.data["reason"] === "no-answer");

function maxRetries(failed: FailedTry, patience: Patience | undefined): number {
  const { error, status, transient } = failed;
  if (isSilent(failed)) return patience?.afterSilence ?? MAX_RETRIES_SILENT;
  if (status !== undefined) return transient || isRetryableStatus(status) ? MAX_RETRIES : 0;
  if (error.code === "transfer/stalled" || error.code === "transfer/interrupted")
    return MAX_RETRIES;
  const { reason } = error.data;
  if (error.code !== "hub/unreachable" || typeof reason !== "string" || HOPELESS.includes(reason)) {
    return 0;
  }
  return UNCONNECTED.includes(reason) ? MAX_RETRIES_UNCONNECTED : MAX_RETRIES;
}
