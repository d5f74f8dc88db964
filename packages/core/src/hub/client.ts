import { guardListener } from "@mlx-download/cache/writing";
import { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadEventBody } from "../contract/events.ts";
import { isNews } from "../contract/tell-once.ts";
import type { FollowedResponse } from "../http/follow.ts";
import { startDeadline } from "../http/deadline.ts";
import { READABLE_ENCODINGS } from "../http/decoded-body.ts";
import { readBody } from "../http/read-body.ts";
import { redactUrl } from "../http/redact.ts";
import { createOfflineTransport } from "../http/offline-transport.ts";
import { withLogin } from "../http/login-transport.ts";
import { createTransport } from "../http/create-transport.ts";
import type { ResponseHeaders } from "../http/transport.ts";
import type { Settings } from "../settings/settings.ts";
import { createExpandFallback } from "./expand-fallback.ts";
import { hubWarnings } from "./hub-warning.ts";
import { readAccountName } from "./account-name.ts";
import type { HubAnswer, HubClient, HubRequest, PatientHubClient } from "./hub-client.ts";
import { parseJson } from "./parse-json.ts";
import { responseError } from "./response-error.ts";
import { type Patience, retrying, type Try } from "./retrying.ts";
import { createTokenSender } from "./token-sender.ts";
import { userAgent } from "./user-agent.ts";

/** The parts of a client. */
export interface HubClientOptions {
  readonly fetch?: typeof fetch | undefined;
  /** Receives waits, retries and warnings. Its errors are ignored. */
  readonly onEvent?: ((event: DownloadEventBody) => void) | undefined;
  /** Ends every call of this client. */
  readonly signal?: AbortSignal | undefined;
  /** The environment that names proxies and certificates. Default: none. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly connections?: number | undefined;
  /** First back-off in ms. Default 500. */
  readonly retryBaseMs?: number | undefined;
  /** The second timeout for a server that did not answer the first time, in ms. Default 42 000. */
  readonly slowAnswerMs?: number | undefined;
  /** The longest time for one metadata answer, from request to last byte, in ms. Default 300 000. */
  readonly answerTimeoutMs?: number | undefined;
}

const MAX_BODY = 64 * 1024 * 1024;
/** For slow servers: with the first try it makes less than a minute, after which nothing is to be hoped for. */
const SLOW_ANSWER_MS = 42_000;
/** Against servers that send a byte now and then for ever. */
const ANSWER_TIMEOUT_MS = 300_000;
const HASTY: Patience = { retries: 1, afterSilence: 0, waitMs: 2_000 };

/** A client for the Hub at `settings.endpoint`. Opens no connection before the first call, offline none at all. */
export function createHubClient(
  settings: Settings,
  options: HubClientOptions = {},
): PatientHubClient {
  const plain = settings.offline ? createOfflineTransport() : createTransport(options);
  const login = settings.logins?.get(settings.endpoint);
  const { origin } = new URL(settings.endpoint);
  const transport = login === undefined ? plain : withLogin(plain, origin, login);
  const askSparing = createExpandFallback();
  const { onEvent } = options;
  const tell = guardListener(onEvent);
  const emit = (event: DownloadEventBody): void => {
    if (onEvent !== undefined && isNews(onEvent, event, Date.now())) tell(event);
  };
  const headers = { "user-agent": userAgent(settings.userAgentOrigin) };
  const { env } = options;
  const sender = createTokenSender(settings, {
    transport,
    emit,
    env,
    userAgent: headers["user-agent"],
  });

  let account: Promise<string | undefined> | undefined;
  const failure: HubClient["failure"] = async (sent, question) => {
    const { response, url, tokenSource, refused } = sent;
    const isGated = response.status === 403 && response.headers.get("x-error-code") === "GatedRepo";
    // A user with several accounts must learn which one is refused.
    const isNamed = tokenSource !== undefined && isGated;
    if (isNamed) account ??= readAccountName(client(HASTY));
    return responseError(response, question, {
      endpoint: settings.endpoint,
      url,
      tokenSource,
      account: isNamed ? await account : undefined,
      refused,
    });
  };

  const anySignal = (signal: AbortSignal | undefined): AbortSignal | undefined => {
    if (!signal || !options.signal) return signal ?? options.signal;
    return signal === options.signal ? signal : AbortSignal.any([signal, options.signal]);
  };

  async function tryOnce(
    url: URL,
    request: HubRequest,
    timeoutMs: number,
  ): Promise<Try<HubAnswer>> {
    const deadline = startDeadline(options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS);
    const late = deadline.signal;
    try {
      const followed = await sender.send(url, {
        method: request.method,
        body: request.body,
        headers: { "accept-encoding": READABLE_ENCODINGS, ...headers, ...request.headers },
        signal: request.signal ? AbortSignal.any([request.signal, late]) : late,
        headersTimeoutMs: timeoutMs,
        bodyTimeoutMs: settings.downloadTimeoutMs,
      });
      const { response, hops } = followed;
      for (const hop of [...hops, response]) announce(hop.headers);
      if (response.status >= 300 && response.status !== 304) {
        const error = await failure(followed, request.question);
        return { failed: { error, status: response.status, headers: response.headers } };
      }
      refuseDowngrade(url, followed);
      const body = await readBody(response, MAX_BODY);
      return {
        value: { status: response.status, headers: response.headers, url: followed.url, body },
      };
    } catch (error) {
      request.signal?.throwIfAborted();
      if (late.aborted) return { failed: { error: tooSlow(url, error), late: true } };
      if (error instanceof ModelDownloadError) return { failed: { error } };
      throw error;
    } finally {
      deadline.clear();
    }
  }

  function announce(from: ResponseHeaders): void {
    for (const warning of hubWarnings(from.get("x-hf-warning"))) emit(warning);
  }

  function timeoutOf(attempt: number): number {
    const { etagTimeoutMs } = settings;
    return attempt === 1
      ? etagTimeoutMs
      : Math.max(etagTimeoutMs, options.slowAnswerMs ?? SLOW_ANSWER_MS);
  }

  function run<T>(
    request: HubRequest,
    patience: Patience | undefined,
    attempt: (timeoutMs: number) => Promise<Try<T>>,
  ): Promise<T> {
    return retrying((tries) => attempt(timeoutOf(tries)), {
      emit,
      signal: request.signal,
      path: request.question.path,
      baseMs: options.retryBaseMs,
      patience,
      timeoutOf,
    });
  }

  const client = (patience?: Patience): HubClient => ({
    settings,
    transport,
    send: sender.send,
    tokens: sender,
    downloadHeaders: { ...headers, "x-hf-download-counter": "1", "accept-encoding": "identity" },
    url(segments, query = {}) {
      const path = segments.map((segment) => `/${encodeURIComponent(segment)}`).join("");
      const url = new URL(`${settings.endpoint}${path}`);
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
      return url;
    },
    failure,
    async request(url, request) {
      const whole = { ...request, signal: anySignal(request.signal) };
      return run(whole, patience, (timeoutMs) => tryOnce(url, whole, timeoutMs));
    },
    async json(url, request) {
      const whole = {
        ...request,
        headers: { accept: "application/json", ...request.headers },
        signal: anySignal(request.signal),
      };
      return askSparing(url, (address) =>
        run(whole, patience, async (timeoutMs) => {
          const outcome = await tryOnce(address, whole, timeoutMs);
          return "value" in outcome ? parseJson(outcome.value) : outcome;
        }),
      );
    },
    emit,
    close: () => transport.close(),
  });
  return { ...client(), hasty: client(HASTY) };
}

function tooSlow(url: URL, cause: unknown): ModelDownloadError {
  return new ModelDownloadError(
    `${url.host} did not finish its answer in time`,
    "transfer/stalled",
    {
      hint: "Try again later, or with another endpoint.",
      cause,
      data: { url: redactUrl(url), host: url.host, reason: "no-answer" },
    },
  );
}

function refuseDowngrade(asked: URL, { response, url, hops }: FollowedResponse): void {
  const way = [...hops.map((hop) => hop.url), url];
  if (asked.protocol !== "https:" || way.every(({ protocol }) => protocol === "https:")) return;
  response.discard();
  throw new ModelDownloadError(
    `${redactUrl(asked)} redirects from https to plain http`,
    "hub/bad-response",
    {
      hint: "Anyone on the network path could change this answer. Use an endpoint that stays on https.",
      data: { url: redactUrl(asked), to: redactUrl(url) },
    },
  );
}
