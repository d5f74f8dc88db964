import type { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadEventBody } from "../contract/events.ts";
import type { ResponseHeaders, Transport } from "../http/transport.ts";
import type { Settings } from "../settings/settings.ts";
import type { Question } from "./question.ts";
import type { SentResponse, TokenSender } from "./token-sender.ts";

/** A whole answer to a metadata call, after redirects and retries. Its status is below 400. */
export interface HubAnswer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Where it came from in the end. */
  readonly url: URL;
  readonly body: Buffer;
}

/** A parsed JSON answer, its shape not yet checked. */
export interface JsonAnswer extends Omit<HubAnswer, "body"> {
  readonly value: unknown;
}

/** One metadata call. */
export interface HubRequest {
  readonly question: Question;
  readonly method?: "GET" | "HEAD" | "POST" | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The way to one Hub: settings, transport and token in one hand, every failure a coded error. */
export interface HubClient {
  readonly settings: Settings;
  readonly transport: Transport;
  /** One request with any answer: with the token, and without it where the Hub refuses that. */
  readonly send: TokenSender["send"];
  /** The token's state, for other clients of the Hub. */
  readonly tokens: Pick<TokenSender, "token" | "refused" | "giveUp" | "tellRefused">;
  /** For file contents asked for by `send`: counted as a download by the Hub, never compressed on the way. */
  readonly downloadHeaders: Readonly<Record<string, string>>;
  /** An address below the endpoint. The segments are percent-encoded, also a `/` inside one. */
  url(segments: readonly string[], query?: Readonly<Record<string, string>>): URL;
  /** A metadata call with retries and rate limits, at most 64 MiB. Throws coded errors or the signal's reason. */
  request(url: URL, request: HubRequest): Promise<HubAnswer>;
  /** {@link request} for JSON. Throws `hub/bad-response` when the answer is not JSON. */
  json(url: URL, request: HubRequest): Promise<JsonAnswer>;
  /** The coded error of an error answer that came by `send`. Reads the start of its body. */
  failure(sent: SentResponse, question: Question): Promise<ModelDownloadError>;
  readonly emit: (event: DownloadEventBody) => void;
  close(): Promise<void>;
}

/** A client that waits and tries again as long as it makes sense. */
export interface PatientHubClient extends HubClient {
  /** The same when there is another Hub to ask: it sits out no long wait and no second silence. */
  readonly hasty: HubClient;
}
