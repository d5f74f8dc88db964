import { guardListener } from "@mlx-download/cache/writing";
import { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadEventBody } from "../contract/events.ts";
import { createHubClient, type HubClientOptions } from "../hub/client.ts";
import type { HubClient, PatientHubClient } from "../hub/hub-client.ts";
import type { Settings } from "../settings/settings.ts";

/** An answer and the Hub that gave it. */
export interface Answered<T> {
  readonly value: T;
  /** Patient: whatever else is asked about this answer is asked there. */
  readonly client: HubClient;
}

/** The facts about a question before it is asked. */
export interface AskOptions<T> {
  /** The caller can go on without an answer, so that long waits are not worth it. Default false. */
  readonly isOptional?: boolean | undefined;
  /** Whether an answer tells everything. One that does not counts only when no Hub has a better one. */
  readonly isWhole?: ((answer: T) => boolean) | undefined;
}

/** The Hubs at all endpoints of a request, open until {@link Hubs.close}. */
export interface Hubs {
  /** In order of preference. A Hub is loaded and opened at the first question to it. */
  readonly all: readonly [PatientHubClient, ...PatientHubClient[]];
  /**
   * The answer of the first Hub that has one. Each but the last is asked with little patience, and one that was away is
   * asked last the next time. When all are away, the first is asked again with all patience. Throws the error that says
   * most: not that a Hub is away where another one answered, and of several the one of the Hub that the token is for.
   */
  ask<T>(question: (hub: HubClient) => Promise<T>, options?: AskOptions<T>): Promise<Answered<T>>;
  close(): Promise<void>;
}

/** Codes that say that a Hub cannot be asked now. A copy in the cache is then the best available answer. */
export const HUB_IS_AWAY: ReadonlySet<string> = new Set([
  "hub/unreachable",
  "hub/unavailable",
  "hub/rate-limited",
]);

/** Makes the clients of all endpoints in `settings`. */
export function openHubs(settings: Settings, options: HubClientOptions = {}): Hubs {
  const { signal } = options;
  const emit = guardListener(options.onEvent);
  const clientAt = (endpoint: string): PatientHubClient =>
    createHubClient({ ...settings, endpoint }, options);
  const all = [clientAt(settings.endpoint), ...settings.mirrors.map(clientAt)] as const;
  /** Those that answered, or were not asked yet, before those that were away. */
  let order: readonly PatientHubClient[] = all;

  async function askOne<T>(
    question: (hub: HubClient) => Promise<T>,
    { isOptional }: AskOptions<T>,
  ): Promise<Answered<T>> {
    const [client] = all;
    return { value: await question(isOptional ? client.hasty : client), client };
  }

  async function ask<T>(
    question: (hub: HubClient) => Promise<T>,
    asking: AskOptions<T> = {},
  ): Promise<Answered<T>> {
    if (all.length === 1) return askOne(question, asking);
    const { isWhole = () => true, isOptional = false } = asking;
    const answers: Answered<T>[] = [];
    const failures: Failure[] = [];
    const asked = order;
    for (const [index, client] of asked.entries()) {
      try {
        const value = await question(client.hasty);
        answers.push({ value, client });
        if (isWhole(value)) break;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isAnswerOfHub(error)) throw error;
        failures.push({ error, client });
        const next = asked[index + 1];
        emit(switched(error, client, next));
      }
    }
    const away = failures.filter(({ error }) => HUB_IS_AWAY.has(error.code));
    const isAway = new Set(away.map(({ client }) => client));
    order = [...asked.filter((one) => !isAway.has(one)), ...asked.filter((one) => isAway.has(one))];
    const whole = answers.find(({ value }) => isWhole(value));
    const best = whole ?? answers.find(hasToken) ?? answers[0];
    if (best !== undefined) return best;
    if (away.length === failures.length && !isOptional) return askOne(question, asking);
    const telling = failures.filter((failure) => !away.includes(failure));
    throw (telling.find(hasToken) ?? telling[0] ?? failures[0])?.error;
  }

  return {
    all,
    ask,
    close: async () => {
      await Promise.all(all.map((client) => client.close()));
    },
  };
}

interface Failure {
  readonly error: ModelDownloadError;
  readonly client: HubClient;
}

const hasToken = ({ client }: { readonly client: HubClient }): boolean =>
  client.settings.endpoint === client.settings.tokenEndpoint;

/** Errors that another Hub may not give. The rest are ours or the system's. */
function isAnswerOfHub(error: unknown): error is ModelDownloadError {
  return error instanceof ModelDownloadError && /^(hub|transfer)\//.test(error.code);
}

function switched(
  { code, message }: ModelDownloadError,
  from: HubClient,
  next: HubClient | undefined,
): DownloadEventBody {
  const to = next === undefined ? null : hostOf(next);
  const sentence = to === null ? message : `${message}. Asking ${to}`;
  return { type: "source-switched", from: hostOf(from), to, code, message: sentence };
}

const hostOf = ({ settings }: HubClient): string => new URL(settings.endpoint).host;
