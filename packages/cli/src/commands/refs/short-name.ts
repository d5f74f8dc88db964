import { isOffline } from "../../shell/is-on.ts";
import type { ModelDownloadError } from "@mlx-download/core";
import { ask, isInteractive } from "../../shell/ask.ts";
import type { Flags } from "../../command-line/flags.ts";
import type { TokenOptions } from "../account/read-token.ts";
import { sameCommand } from "../../command-line/quote.ts";
import { CliError } from "../../failure/cli-error.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatNumber } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";

/** A whole repo that a short name may mean. */
interface ModelMatch {
  readonly repoId: string;
  /** Downloads in the last 30 days. Undefined for a model that was found in the cache. */
  readonly downloads: number | undefined;
}

/** The flags and the shell for the search, as commands have them. */
export interface ShortNameOptions {
  readonly token: TokenOptions;
  readonly flags: Pick<Flags, "endpoint" | "offline" | "cacheDir" | "json" | "events" | "quiet">;
}

/** How many are shown: the most downloaded. */
const mostShown = 12;

/** The name and the revision of a word without an organization. Undefined for other words. */
export function readShortName(
  word: string,
): { readonly name: string; readonly revision: string } | undefined {
  const [, name, revision = ""] = /^([\w.-]+)(@\S+)?$/.exec(word) ?? [];
  return name === undefined || /^[.-]|^models--/.test(name) ? undefined : { name, revision };
}

async function candidatesOnHub(
  name: string,
  author: string,
  { options: { flags, token }, shell }: { options: ShortNameOptions; shell: Shell },
): Promise<readonly ModelMatch[]> {
  const { listMLXModels } = await import("@mlx-download/core");
  return listMLXModels({
    filter: name,
    author,
    limit: mostShown,
    endpoint: flags.endpoint,
    token: token.token,
    tokenSource: token.tokenSource,
    env: shell.env,
    signal: shell.interrupt.signal,
    onEvent: hubNotices(flags, shell),
  });
}

async function candidatesInCache(
  name: string,
  { options: { flags }, shell }: { options: ShortNameOptions; shell: Shell },
): Promise<readonly ModelMatch[]> {
  const { listCachedModels } = await import("@mlx-download/core");
  const models = await listCachedModels({ cacheDir: flags.cacheDir, env: shell.env });
  return models
    .filter(({ repoId }) => repoId.toLowerCase().includes(name.toLowerCase()))
    .slice(0, mostShown)
    .map(({ repoId }) => ({ repoId, downloads: undefined }));
}

/**
 * Whether the Hub has a repo of exactly this name. Some old ones, `gpt2` among them, have no
 * organization.
 */
async function isLegacyId(
  name: string,
  { options: { flags, token }, shell }: { options: ShortNameOptions; shell: Shell },
): Promise<boolean> {
  const { findRepoId } = await import("@mlx-download/core");
  const { endpoint } = flags;
  const { env, interrupt } = shell;
  return (
    (await findRepoId(name, {
      endpoint,
      token: token.token,
      tokenSource: token.tokenSource,
      env,
      signal: interrupt.signal,
    })) !== undefined
  );
}

function lines(candidates: readonly ModelMatch[]): string {
  const width = String(candidates.length).length;
  return candidates
    .map(({ repoId, downloads }, at) => {
      const number = String(at + 1).padStart(width);
      const often = downloads === undefined ? "" : `  ${formatNumber(downloads)} downloads`;
      return `  ${number}  ${printable(repoId)}${often}\n`;
    })
    .join("");
}

async function pick(
  candidates: readonly ModelMatch[],
  shell: Shell,
): Promise<ModelMatch | undefined> {
  const most = candidates.length;
  const question = most === 1 ? "This one? [Y/n] " : `Which one? [1-${most}, Enter for none] `;
  const answer = (await ask(question, shell)).trim();
  if (most === 1) return /^(?:y(?:es)?|1)?$/i.test(answer) ? candidates[0] : undefined;
  return /^\d+$/.test(answer) ? candidates[Number(answer) - 1] : undefined;
}

function ambiguous(
  name: string,
  candidates: readonly ModelMatch[],
  shell: Shell,
): ModelDownloadError | CliError {
  const [first] = candidates;
  const again = sameCommand(
    shell.argv.map((word) =>
      readShortName(word)?.name === name ? word.replace(name, first?.repoId ?? name) : word,
    ),
  );
  const found = candidates.length === 1 ? "one model matches" : `${candidates.length} models match`;
  return new CliError(`"${name}" is not a full name; ${found}`, "cli/ambiguous-name", {
    hint: `Name the model whole, for example: ${again}`,
    data: { name, candidates: candidates.map(({ repoId }) => repoId) },
  });
}

/**
 * Expands the short names among `refs`. `Llama-3.2-3B-Instruct-4bit` is looked up among the models
 * of mlx-community (or the author in the settings, or in the cache when offline or the Hub is
 * unreachable). An exact match is used. Next comes an old repo without an organization (`gpt2`),
 * unchanged. Otherwise the user picks, and without an interactive terminal `cli/ambiguous-name`
 * lists the matches. A name without a match stays unchanged.
 */
export async function wholeRefs(
  refs: readonly string[],
  options: ShortNameOptions,
  shell: Shell,
): Promise<readonly string[]> {
  const whole: string[] = [];
  for (const ref of refs) {
    const short = readShortName(ref);
    whole.push(short === undefined ? ref : await wholeRef(short, { ref, options, shell }));
  }
  return whole;
}

async function wholeRef(
  { name, revision }: { readonly name: string; readonly revision: string },
  context: { readonly ref: string; readonly options: ShortNameOptions; readonly shell: Shell },
): Promise<string> {
  const { ref, options, shell } = context;
  const { flags } = options;
  const author = shell.env["MLX_DOWNLOAD_AUTHOR"]?.trim() || "mlx-community";
  const offline = flags.offline || isOffline(shell.env);
  const isExact = ({ repoId }: ModelMatch): boolean =>
    repoId.split("/").at(-1)?.toLowerCase() === name.toLowerCase();
  const candidates = offline
    ? await candidatesInCache(name, context)
    : await candidatesOnHub(name, author, context).catch(async (error: unknown) => {
        shell.interrupt.signal.throwIfAborted();
        // The next request is for the model itself, and it reports that the cache answers for the
        // Hub.
        const here = (await candidatesInCache(name, context)).filter(isExact);
        if (here.length === 1) return here;
        throw error;
      });
  const exact = candidates.find(isExact);
  if (exact?.repoId === name) return ref;
  if (exact !== undefined) {
    if (!flags.quiet) shell.stderr.write(`${printable(ref)} is ${printable(exact.repoId)}\n`);
    return `${exact.repoId}${revision}`;
  }
  if (candidates.length === 0 || (!offline && (await isLegacyId(name, context)))) return ref;
  const asks = isInteractive(shell) && !flags.json && !flags.events && !flags.quiet;
  if (!flags.json && !flags.events)
    shell.stderr.write(`"${printable(name)}" may be:\n${lines(candidates)}`);
  const picked = asks ? await pick(candidates, shell) : undefined;
  if (picked === undefined) throw ambiguous(name, candidates, shell);
  return `${picked.repoId}${revision}`;
}

/**
 * Expands a short name among the models in `cacheDir`. A name that no model there ends in, or that
 * exists there as it is, stays unchanged. Throws `cli/ambiguous-name` when several organizations
 * have such a model.
 */
export async function wholeRefHere(ref: string, cacheDir: string, shell: Shell): Promise<string> {
  const short = readShortName(ref);
  if (short === undefined) return ref;
  const { listRepos } = await import("@mlx-download/cache");
  const here = (await listRepos(cacheDir)).filter(({ repoType }) => repoType === "model");
  if (here.some(({ repoId }) => repoId === short.name)) return ref;
  const named = here
    .filter(({ repoId }) => repoId.split("/")[1]?.toLowerCase() === short.name.toLowerCase())
    .map(({ repoId }) => ({ repoId, downloads: undefined }));
  if (named.length > 1) throw ambiguous(short.name, named, shell);
  const [only] = named;
  return only === undefined ? ref : `${only.repoId}${short.revision}`;
}
