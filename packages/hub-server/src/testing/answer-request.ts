import type { HubAnswer } from "../http/answer.ts";
import { createHandlers, type HubHandlers } from "../hub.ts";
import type { HubOptions } from "../hub-options.ts";
import { applyQuirks, changeEntries, type Quirks } from "./quirks.ts";
import type { RequestLogEntry } from "./request-log.ts";

/** Changes the JSON entries of a tree page into anything, or replaces them all. */
export type TreeOverride =
  | readonly unknown[]
  | ((entries: readonly Record<string, unknown>[]) => readonly unknown[]);

/** The quirks of one repo, or of all. */
export interface Oddities {
  readonly quirks?: Quirks | undefined;
  readonly tree?: TreeOverride | undefined;
}

/** How {@link createAnswerer} finds the quirks. */
export interface AnswererOptions {
  readonly hub: HubOptions;
  readonly elsewhereUrl: string;
  readonly odditiesOf: (repoId: string | undefined) => Oddities;
}

/** A function from a request to the answer of a Hub with its quirks, before any fault. */
export function createAnswerer({
  hub,
  elsewhereUrl,
  odditiesOf,
}: AnswererOptions): (
  request: Request,
  entry: RequestLogEntry,
  address?: string,
) => Promise<HubAnswer> {
  const handlers = createHandlerCache(hub);
  return async (request, entry, address) => {
    const { quirks = {}, tree } = odditiesOf(entry.repoId);
    const url = new URL(request.url);
    const dropped = [
      ...(quirks.cursorIgnored ? ["cursor"] : []),
      ...(quirks.recursionDropped ? ["recursive"] : []),
    ];
    const asked = dropped.length > 0 ? without(request, dropped) : request;
    const isCdn = entry.target === "cdn" || url.pathname.startsWith("/repos/");
    const { cdn, hub: main, cas, xorb } = handlers(quirks);
    // The storage is the same whatever a mirror's habits are.
    if (entry.target === "cas") return cas(asked, address);
    if (entry.target === "xorb") return xorb(asked, address);
    const plain = await (isCdn ? cdn(asked, address) : main(asked, address));
    const isTree = entry.path.includes("/tree/") && plain.status === 200;
    const { target, repoId, path, method, range } = entry;
    return applyQuirks(isTree && tree ? overrideTree(plain, tree) : plain, quirks, {
      target,
      repoId,
      path,
      method,
      range,
      url,
      elsewhereUrl,
    });
  };
}

/** Handlers for the quirks that are options of the Hub: one pair for each combination. */
function createHandlerCache(base: HubOptions): (quirks: Quirks) => HubHandlers {
  const made = new Map<string, HubHandlers>();
  return ({ lfsDirect = false, treeWithoutPages = false }) => {
    const key = `${lfsDirect} ${treeWithoutPages}`;
    const handlers =
      made.get(key) ??
      createHandlers({
        ...base,
        ...(lfsDirect ? { largeFiles: "direct" as const } : {}),
        ...(treeWithoutPages ? { treePageSize: Number.MAX_SAFE_INTEGER } : {}),
      });
    made.set(key, handlers);
    return handlers;
  };
}

function overrideTree(answer: HubAnswer, tree: TreeOverride): HubAnswer {
  if (typeof tree === "function") return changeEntries(answer, tree);
  const replaced = changeEntries(answer, () => tree);
  replaced.headers.delete("link");
  return replaced;
}

function without(request: Request, names: readonly string[]): Request {
  const url = new URL(request.url);
  for (const name of names) url.searchParams.delete(name);
  return new Request(url, request);
}
