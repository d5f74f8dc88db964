import type { DecodeSpeed } from "../judge/decode-speed.ts";
import type { Fit } from "../judge/fit-model.ts";
import type { LoadVerdict } from "../judge/load-verdict.ts";
import type { ModelDescription } from "../model/model-description.ts";
import { parseModelName } from "../name/model-name.ts";

/** A variant of a model, judged for one machine. */
export interface VariantCandidate {
  readonly repoId: string;
  readonly description: Pick<ModelDescription, "parameters" | "weightsBytes" | "quantization">;
  readonly fit: Pick<
    Fit,
    "verdict" | "totalBytes" | "limitBytes" | "maxContextLength" | "contextLength"
  >;
  readonly loads: Pick<LoadVerdict, "verdict" | "reasons">;
  readonly speed: Pick<DecodeSpeed, "low" | "high"> | null;
  /** Breaks ties, nothing else. */
  readonly downloads?: number | undefined;
}

/** The wishes beside fitting. */
export interface VariantWish {
  /** Tokens a second at least. Default: none. */
  readonly tokensPerSecond?: number | undefined;
  /** The estimate that must reach them: the `lower` one, or the `middle`. Default: the lower. */
  readonly by?: "lower" | "middle" | undefined;
}

/** A candidate with the sentence that says why it stands where it stands. */
export interface RankedVariant<C extends VariantCandidate = VariantCandidate> {
  readonly candidate: C;
  /** Can it be used here at all? */
  readonly usable: boolean;
  readonly why: string;
}

/** The variants of one model in order, the best first. */
export interface VariantChoice<C extends VariantCandidate = VariantCandidate> {
  readonly best: RankedVariant<C> | null;
  /** The next one that could be used, and why it lost. */
  readonly runnerUp: RankedVariant<C> | null;
  readonly ranked: readonly RankedVariant<C>[];
}

/** Room that must be left below the limit for more than 6 bits to be worth it: programs come and go, contexts grow. */
const AMPLE = 0.25;
/** Above so many parameters 16 bits are a waste: 8 bits cannot be told from them. */
const SMALL_PARAMETERS = 4_000_000_000;

interface Graded<C extends VariantCandidate> extends RankedVariant<C> {
  readonly grade: number;
}

/**
 * Orders variants of one model for a machine: those that load and fit with room to spare, then those that fit tightly,
 * by quantization: a format that the model was trained in, then as many bits as leave a quarter of the limit free and the
 * wished speed, then 6, 5, 4 and 3 bits, calibrated ones first. Downloads decide only between equals.
 */
export function chooseVariant<C extends VariantCandidate>(
  candidates: readonly C[],
  wish: VariantWish = {},
): VariantChoice<C> {
  const ranked = candidates
    .map((candidate) => grade(candidate, wish))
    .toSorted(
      (a, b) =>
        Number(b.usable) - Number(a.usable) ||
        a.grade - b.grade ||
        (b.candidate.downloads ?? 0) - (a.candidate.downloads ?? 0) ||
        (a.candidate.repoId < b.candidate.repoId ? -1 : 1),
    );
  const [best = null, second = null] = ranked.filter(({ usable }) => usable);
  return {
    best: best && plain(best),
    runnerUp: best && second && plain({ ...second, why: whyLost(second, best) }),
    ranked: ranked.map(plain),
  };
}

function plain<C extends VariantCandidate>({
  candidate,
  usable,
  why,
}: Graded<C>): RankedVariant<C> {
  return { candidate, usable, why };
}

const TIGHT = 100;
const SLOW = 200;
// A speed that was not asked for is worth 6 bits, and not the step from 4 bits to 3.
const SLOWISH = 28;

function grade<C extends VariantCandidate>(candidate: C, wish: VariantWish): Graded<C> {
  const { fit, loads, speed } = candidate;
  if (loads.verdict === "no") {
    const why = loads.reasons.find(({ blocks }) => blocks)?.message ?? "mlx-lm cannot load it";
    return { candidate, usable: false, grade: Number.POSITIVE_INFINITY, why };
  }
  if (fit.verdict === "no" || fit.verdict === "unknown") {
    const why = fit.verdict === "no" ? "it does not fit" : "its fit is unknown";
    return { candidate, usable: false, grade: Number.POSITIVE_INFINITY, why };
  }
  const { tokensPerSecond, by = "lower" } = wish;
  const slow =
    tokensPerSecond !== undefined &&
    speed !== null &&
    (by === "lower" ? speed.low : middleSpeed(speed)) < tokensPerSecond;
  const room = fit.totalBytes === null ? 0 : 1 - fit.totalBytes / fit.limitBytes;
  const bits = gradeBits(candidate, room >= AMPLE && !slow);
  const why = [
    bits.why,
    fit.verdict === "tight"
      ? "fits tightly"
      : `${Math.round(room * 100)} % of the limit stays free`,
    ...(slow ? ["slower than wished"] : []),
  ].join(", ");
  const slowness = by === "lower" ? SLOW : hasBitsToGive(candidate) ? SLOWISH : 0;
  const penalty = (fit.verdict === "tight" ? TIGHT : 0) + (slow ? slowness : 0);
  return { candidate, usable: true, grade: bits.grade + penalty, why };
}

/** More than 4 bits. */
const hasBitsToGive = ({ description: { quantization } }: VariantCandidate): boolean =>
  quantization === null || (quantization.bits ?? 16) > 4;

/** The geometric middle of an estimated range. */
export const middleSpeed = ({ low, high }: Pick<DecodeSpeed, "low" | "high">): number =>
  Math.sqrt(low * high);

/** Lower is better. */
function gradeBits(
  { repoId, description }: VariantCandidate,
  ample: boolean,
): { readonly grade: number; readonly why: string } {
  const { quantization, parameters } = description;
  const name = parseModelName(repoId);
  const method = name.quantization?.method;
  if (quantization === null) {
    return ample && parameters !== null && parameters < SMALL_PARAMETERS
      ? { grade: 1, why: "unquantized, and small enough for that" }
      : { grade: 90, why: "unquantized, which 8 bits cannot be told from" };
  }
  const { mode, bitsPerWeight, mixed } = quantization;
  const bits = quantization.bits ?? Math.round(bitsPerWeight ?? 4);
  if (name.family === "gpt-oss" && mode === "mxfp4") {
    return { grade: 0, why: "in the format it was trained in (mxfp4)" };
  }
  if (method === "qat" && bits === 4) return { grade: 0, why: "trained for 4 bits (QAT)" };
  const how = [
    `${bits} bits`,
    method === "dwq" ? "calibrated (DWQ)" : undefined,
    mixed ? "mixed" : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(", ");
  if (bits >= 8) return { grade: ample ? 2 : 70, why: how };
  if (bits >= 6) return { grade: 30, why: how };
  if (bits >= 5) return { grade: 40, why: how };
  const calibrated = method === "dwq" ? 0 : mixed ? 1 : mode === "affine" ? 2 : 3;
  if (bits >= 4) return { grade: 50 + calibrated, why: how };
  if (bits >= 3) return { grade: calibrated < 2 ? 60 + calibrated : 80, why: how };
  return { grade: 95, why: how };
}

function whyLost(second: Graded<VariantCandidate>, best: Graded<VariantCandidate>): string {
  if (second.grade === best.grade) {
    const [less = 0, more = 0] = [second.candidate.downloads, best.candidate.downloads];
    return less === more
      ? `${second.why}; equal but for its name`
      : `${second.why}; equal, but less downloaded`;
  }
  return `${second.why}; ${best.candidate.repoId.split("/").at(-1)} has ${best.why}`;
}
