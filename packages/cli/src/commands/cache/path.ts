import { type CacheLookup, lookUpCached } from "@mlx-download/core/find-cached";
import type { FoundAlias } from "@mlx-download/project";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import { quoteWord } from "../../command-line/quote.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { refuseTwoRevisions, selectionOf } from "../refs/selection.ts";

async function wholeRef(word: string, flags: Flags, shell: Shell): Promise<string> {
  const [{ wholeRefHere }, { hubCacheOf }] = await Promise.all([
    import("../refs/short-name.ts"),
    import("./target.ts"),
  ]);
  return wholeRefHere(word, await hubCacheOf(flags, shell), shell);
}

/** `mlx-download path`: the snapshot's path when it is complete in the cache. Makes no request. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [word = ""] = operands;
  const alias = word.includes("/") ? undefined : await findLocked(word);
  if (alias !== undefined) return runLocked(alias, flags, shell);
  // A full name needs no search of the other repos.
  const ref = word.includes("/") ? word : await wholeRef(word, flags, shell);
  await refuseTwoRevisions(ref, flags, shell);
  const looked = await lookUpCached(ref, {
    ...selectionOf(flags),
    env: shell.env,
    offline: true,
    token: false,
    signal: shell.interrupt.signal,
  });
  const found = looked.snapshot;
  if (found === undefined) throw notComplete(ref, looked);
  const { repoId, commit, path, warning } = found;
  if (warning !== undefined) shell.stderr.write(`${printable(`Warning: ${warning}`)}\n`);
  await writeResult({ repoId, commit, path }, `${path}\n`, { flags, shell });
  return 0;
}

/** The model that a word without a slash names in the nearest project. */
async function findLocked(word: string): Promise<FoundAlias | undefined> {
  const { findAlias } = await import("@mlx-download/project");
  return findAlias(word, process.cwd());
}

async function runLocked(
  { alias, snapshot: { repoId, commit, files } }: FoundAlias,
  flags: Flags,
  shell: Shell,
): Promise<number> {
  const { locateLocked } = await import("@mlx-download/project");
  const place = { cacheDir: flags.cacheDir, env: shell.env };
  const { path, missing } = await locateLocked({ repoId, commit, files }, place);
  if (missing.length > 0) {
    throw new CliError(
      `${alias} (${repoId}@${commit.slice(0, 7)}) is not complete in the cache: ${missing.length} of ${files.length} files are missing`,
      "cli/not-cached",
      {
        hint: `Install it: mlx-download install ${alias}`,
        data: { ref: alias, missing: missing.slice(0, 20) },
      },
    );
  }
  await writeResult({ repoId, commit, path }, `${path}\n`, { flags, shell });
  return 0;
}

function notComplete(ref: string, { missing, why, beside }: CacheLookup): CliError {
  const [first] = missing;
  const files = missing.length === 1 ? "1 file is" : `${missing.length} files are`;
  const reason = why ?? (first === undefined ? undefined : `${files} missing, ${first} among them`);
  return new CliError(
    `${ref} is not complete in the cache${reason === undefined ? "" : `: ${reason}`}`,
    "cli/not-cached",
    {
      hint:
        beside === undefined
          ? `Download it: mlx-download ${ref}`
          : `It is in ${beside}: mlx-download path ${ref} --cache-dir ${quoteWord(beside)}`,
      data: { ref, missing: missing.slice(0, 20) },
    },
  );
}
