import type { ChangeClass } from "@mlx-download/registry";

/** What differs between two versions by their listings in the cache. Null when one of them has none. */
export async function changesHere(
  { repoId, from, to }: { readonly repoId: string; readonly from: string; readonly to: string },
  options: { readonly cacheDir: string; readonly env: NodeJS.ProcessEnv },
): Promise<readonly ChangeClass[] | null> {
  const [{ lookAtSnapshot }, { diffSnapshots }] = await Promise.all([
    import("@mlx-download/core"),
    import("@mlx-download/registry"),
  ]);
  const texts = ["config.json", "tokenizer_config.json"];
  try {
    const [before, after] = await Promise.all(
      [from, to].map((revision) =>
        lookAtSnapshot({ repoId, revision }, { ...options, texts, offline: true }),
      ),
    );
    return before && after ? diffSnapshots(before, after).changes : null;
  } catch {
    return null;
  }
}
