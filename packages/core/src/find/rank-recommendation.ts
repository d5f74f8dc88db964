import {
  activeParameters,
  alteration,
  canBeTrimmed,
  generality,
  middleSpeed,
  type ModelTask,
  parseModelName,
  rankOf,
  roughness,
  slowness,
  suitsAsDraft,
  tightness,
  type VariantChoice,
  type VariantGroup,
} from "@mlx-download/fit";
import type { ListedModel } from "../contract/listed-model.ts";
import type { JudgedVariant } from "./judge-variant.ts";

/** One model with the variant of it to take, and the one that came next. */
export interface Recommendation {
  readonly base: string;
  /** Size and age in one figure. Higher is better. */
  readonly score: number;
  /** Why this model stands where it stands. */
  readonly why: string;
  readonly choice: VariantChoice<JudgedVariant>;
}

/** Parameters of the usual draft of a model of 8 to 32 billion. */
const USUAL_DRAFT = 600_000_000;
/** The task, and the model that is drafted for. */
interface Drafting {
  readonly task: ModelTask;
  readonly target: JudgedVariant | undefined;
}

/** A model that cannot draft for the target is none to be used. */
export function asDraft(draft: JudgedVariant, { task, target }: Drafting): JudgedVariant {
  if (task !== "draft") return draft;
  const unread = [draft, target].find((variant) => variant?.by === "list");
  const why = unread
    ? `whether it can draft is known from the files alone, and those of ${unread.repoId} were not read`
    : target === undefined
      ? canBeTrimmed(draft.description.cache)
        ? undefined
        : "mlx-lm drafts only where every layer keeps the whole past"
      : suitsAsDraft(withActive(draft), withActive(target));
  if (why === undefined) return draft;
  const reason = { code: "inconsistent" as const, message: why, blocks: true };
  return { ...draft, loads: { ...draft.loads, verdict: "no", reasons: [reason] } };
}

const withActive = (
  variant: JudgedVariant,
): JudgedVariant & { readonly activeParameters: number | null } => ({
  ...variant,
  activeParameters: activeParameters(variant.description),
});

// As much as half of the parameters: whether it loads at all is open.
const UNCERTAIN = 1;

/** The loss of a score because neither files nor tags tell whether a program has the architecture. */
const uncertainty = ({ loads: { reasons }, by }: JudgedVariant): number =>
  by === "list" && reasons.some(({ code }) => code === "files-unknown") ? UNCERTAIN : 0;

/** The model with the rank that its own files give it. */
export function recommendation(
  group: VariantGroup<ListedModel>,
  choice: VariantChoice<JudgedVariant>,
  { speed, task, target }: Drafting & { readonly speed: number | null },
): Recommendation {
  const best = choice.best?.candidate;
  const parameters = best?.description.parameters ?? group.parameters;
  const counted = best ? activeParameters(best.description) : null;
  // Embeddings that only look up are no work (E4B). Experts are counted by the config's sizes.
  const name = parseModelName(best?.repoId ?? group.base);
  const effective = name.parametersKind === "effective" ? name.parameters : undefined;
  const active = Math.min(
    counted ?? group.activeParameters ?? Number.POSITIVE_INFINITY,
    effective ?? Number.POSITIVE_INFINITY,
  );
  const activeCount = Number.isFinite(active) ? active : null;
  const rank = rankOf({ ...group, parameters, activeParameters: activeCount }, Date.now());
  const middle = best?.speed ? middleSpeed(best.speed) : null;
  const slow = slowness(middle, speed);
  const lost = best
    ? slow +
      tightness(best.fit.verdict) +
      roughness(best.description.quantization?.bits) +
      alteration(best.repoId) +
      generality(best.repoId, task) +
      uncertainty(best)
    : slow;
  const why = slow > 0 ? `${rank.why}, slower than wished` : rank.why;
  if (task !== "draft") return { base: group.base, score: rank.score - lost, why, choice };
  // A sixteenth of the work is the usual size of a draft.
  const wished =
    target === undefined ? USUAL_DRAFT : (activeParameters(target.description) ?? 1) / 16;
  const score = -Math.abs(Math.log2(Math.max(activeCount ?? 0, 1) / wished)) - lost;
  const drafts = target === undefined ? why : `${why}, drafts for ${target.repoId}`;
  return { base: group.base, score, why: drafts, choice };
}
