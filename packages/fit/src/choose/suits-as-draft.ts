import type { ModelDescription } from "../model/model-description.ts";
import { parseModelName } from "../name/model-name.ts";

/** The model that is drafted for. */
export interface DraftTarget {
  readonly repoId: string;
  readonly description: Pick<
    ModelDescription,
    "vocabularySize" | "parameters" | "experts" | "cache"
  >;
  /** Parameters that work on one of its tokens. */
  readonly activeParameters: number | null;
}

// A draft that takes a larger share of the time costs more than it saves.
const LARGEST_SHARE = 1 / 5;

/**
 * Why a model is no draft for another one, one sentence. Undefined when it is one. mlx-lm takes drafted tokens back from both
 * caches, which only plain ones allow, and compares the sizes of the vocabularies.
 */
export function suitsAsDraft(draft: DraftTarget, target: DraftTarget): string | undefined {
  const [own, other] = [draft, target].map(({ repoId }) => parseModelName(repoId));
  const another = own?.family !== other?.family || own?.version !== other?.version;
  if (another) return "it is of another family";
  const { vocabularySize: words } = draft.description;
  if (words === null || words !== target.description.vocabularySize) {
    return "its vocabulary is another one";
  }
  if (!isTrimmable(draft) || !isTrimmable(target)) {
    return "mlx-lm drafts only where every layer keeps the whole past";
  }
  const share = (draft.activeParameters ?? 0) / (target.activeParameters ?? 1);
  return share > 0 && share <= LARGEST_SHARE ? undefined : "it is too large to save time";
}

const isTrimmable = ({ description: { cache } }: DraftTarget): boolean => canBeTrimmed(cache);

/** Whether tokens can be taken back from the caches: they hold neither states nor windows. */
export const canBeTrimmed = (cache: ModelDescription["cache"]): boolean =>
  cache !== null && cache.groups.every(({ caches }) => caches.every(({ kind }) => kind === "full"));
