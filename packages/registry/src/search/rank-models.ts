import type { CatalogueModel } from "../catalogue/catalogue-model.ts";
import { piecesOf, splitPiece, squeeze } from "./terms.ts";

/** Orders what was found: names that are the query, that begin with it, that have little else; then by downloads. */
export function rankModels(
  models: readonly CatalogueModel[],
  pieces: readonly string[],
): readonly CatalogueModel[] {
  const whole = pieces.join("");
  return models
    .map((model) => ({ model, score: scoreOf(model, { pieces, whole }) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ model }) => model);
}

function scoreOf(
  { repoId, downloads }: CatalogueModel,
  { pieces, whole }: { pieces: readonly string[]; whole: string },
): number {
  const slash = repoId.indexOf("/");
  const name = squeeze(repoId.slice(slash + 1));
  const named = piecesOf(repoId.slice(slash + 1));
  const words = new Set([...named, ...named.flatMap(splitPiece)]);
  let score = 2 * Math.log10(downloads + 1);
  if (name === whole || squeeze(repoId) === whole) score += 100;
  else if (name.startsWith(whole)) score += 20;
  else if (name.includes(whole)) score += 10;
  for (const piece of pieces) {
    if (words.has(piece)) score += 6;
    else if (splitPiece(piece).every((part) => words.has(part))) score += 5;
    else if (name.includes(piece)) score += 3;
  }
  return score - 0.5 * Math.abs(name.length - whole.length);
}
