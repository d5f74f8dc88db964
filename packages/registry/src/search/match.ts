import { splitPiece } from "./terms.ts";

/** A term of FTS5's query language that means these letters and nothing else. */
export function quoteTerm(term: string): string {
  return `"${term.replaceAll('"', '""')}"`;
}

/** All pieces, the last one perhaps cut; a piece such as `qwen3` also as `qwen` and `3`. */
export function matchWords(pieces: readonly string[]): string {
  return pieces
    .map((piece, at) => {
      const star = at === pieces.length - 1 ? "*" : "";
      const split = splitPiece(piece);
      const whole = quoteTerm(piece) + star;
      if (split.length < 2) return whole;
      const parts = split.map((part, index) =>
        index === split.length - 1 ? quoteTerm(part) + star : quoteTerm(part),
      );
      return `(${whole} OR (${parts.join(" AND ")}))`;
    })
    .join(" AND ");
}
