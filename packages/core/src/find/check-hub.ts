import { ModelDownloadError } from "../contract/errors.ts";
import { type RateBudget, readBudget } from "../http/rate-budget.ts";
import { createHubClient } from "../hub/client.ts";
import type { HubAnswer, HubClient } from "../hub/hub-client.ts";
import { stringField } from "../hub/json-value.ts";
import { parseJson } from "../hub/parse-json.ts";
import { repoSegments } from "../hub/repo-segments.ts";
import { readSettings } from "../settings/settings.ts";
import type { AccountOptions } from "../account/who-am-i.ts";
import { isRepoId } from "../hub/repo-segments.ts";

/** How a Hub answers, and how often it may still be asked. */
export interface HubHealth {
  readonly endpoint: string;
  /** How long a small question took, in ms. */
  readonly ms: number;
  /** Of each kind of question that the Hub counts and tells: `api`, `resolvers` (files), `pages`. */
  readonly budgets: readonly RateBudget[];
  /** Whether the budgets are a token's own. Those without one are shared by all clients behind the same address. */
  readonly withToken: boolean;
}

/**
 * Asks the first endpoint one small question of each kind (three in all, none of which brings more than a list of one
 * model) for time and budgets. Only the first must be answered: throws `settings/invalid` and the `hub/…` errors.
 */
export async function checkHub(options: AccountOptions = {}): Promise<HubHealth> {
  const env = options.env ?? process.env;
  const settings = await readSettings({ ...options, env });
  const client = createHubClient(settings, { ...options, env });
  try {
    const startedAt = performance.now();
    const url = client.url(["api", "models"], { filter: "mlx", limit: "1" });
    const listed = await client.request(url, { question: { kind: "list" } });
    const ms = Math.round(performance.now() - startedAt);
    const repoId = firstRepo(listed);
    const page = repoId === undefined ? [] : repoSegments({ repoId });
    const others =
      repoId === undefined
        ? []
        : await Promise.all([
            budgetAt(client.hasty, [...page, "resolve", "main", "README.md"]),
            budgetAt(client.hasty, page),
          ]);
    const budgets = new Map<string, RateBudget>();
    for (const budget of [readBudget(listed.headers), ...others]) {
      if (budget !== undefined) budgets.set(budget.bucket, budget);
    }
    const withToken = typeof client.tokens.token() === "string";
    return { endpoint: settings.endpoint, ms, budgets: [...budgets.values()], withToken };
  } finally {
    await client.close();
  }
}

/** The id of the first model of a listing. Undefined for an empty listing. Throws `hub/bad-response`. */
function firstRepo(answer: HubAnswer): string | undefined {
  const read = parseJson(answer);
  if ("failed" in read) throw read.failed.error;
  const list = read.value.value;
  const id = Array.isArray(list) ? stringField(list[0], "id") : undefined;
  return id !== undefined && isRepoId(id) ? id : undefined;
}

async function budgetAt(
  client: HubClient,
  segments: readonly string[],
): Promise<RateBudget | undefined> {
  try {
    const question = { kind: "list" } as const;
    return readBudget(
      (await client.request(client.url(segments), { method: "HEAD", question })).headers,
    );
  } catch (error) {
    // Mirrors have no pages, and some count nothing.
    if (error instanceof ModelDownloadError) return undefined;
    throw error;
  }
}
