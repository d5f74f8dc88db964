import type { Match } from "./find-matches.ts";
import { piecesOf, splitPiece, squeeze } from "../search-index/terms.ts";

/** Orders the found models: names that are the query, that begin with it, that have little else. Then by downloads. */
export function rankModels(models: readonly Match[], pieces: readonly string[]): readonly Match[] {
  const query = {
    whole: pieces.join(""),
    pieces: pieces.map((piece) => ({ piece, split: splitPiece(piece) })),
  };
  return models
    .map((model) => ({ model, score: scoreOf(model, query) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ model }) => model);
}

interface RankedQuery {
  readonly whole: string;
  readonly pieces: readonly { readonly piece: string; readonly split: readonly string[] }[];
}

function scoreOf({ repoId, downloads }: Match, { whole, pieces }: RankedQuery): number {
  const ownName = repoId.slice(repoId.indexOf("/") + 1);
  const name = squeeze(ownName);
  const named = piecesOf(ownName);
  const parts = named.flatMap(splitPiece);
  let score = 2 * Math.log10(downloads + 1);
  if (name === whole || squeeze(repoId) === whole) score += 100;
  else if (name.startsWith(whole)) score += 20;
  else if (name.includes(whole)) score += 10;
  for (const { piece, split } of pieces) {
    if (named.includes(piece) || parts.includes(piece)) score += 6;
    else if (split.every((part) => parts.includes(part))) score += 5;
    else if (name.includes(piece)) score += 3;
  }
  return score - 0.5 * Math.abs(name.length - whole.length);
}
