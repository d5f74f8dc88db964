/** A text as it is indexed and searched: without accents, in lower case. */
function foldText(text: string): string {
  // Names of repos are ASCII. Only queries have more.
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** The letters and digits of a text in one word: `Qwen3-Coder 30B` → `qwen3coder30b`. */
export function squeeze(text: string): string {
  return foldText(text).replaceAll(/[^\p{L}\p{N}]+/gu, "");
}

/** The runs of letters and digits of a text: `Qwen3-Coder` → `qwen3`, `coder`. */
export function piecesOf(text: string): readonly string[] {
  return foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** A piece cut where letters meet digits: `qwen3` → `qwen`, `3`. */
export function splitPiece(piece: string): readonly string[] {
  return piece.match(/\p{L}+|\p{N}+/gu) ?? [];
}

/**
 * The words under which a model is found: the pieces of its name and author, each piece split where letters meet digits,
 * neighbours joined, then tags and task.
 */
export function indexWords(model: {
  readonly repoId: string;
  readonly tags: readonly string[];
  readonly task: string | null;
  readonly arch: string | null;
}): readonly string[] {
  const slash = model.repoId.indexOf("/");
  const words = new Set<string>();
  for (const part of [model.repoId.slice(slash + 1), model.repoId.slice(0, slash)]) {
    const pieces = piecesOf(part);
    const split = pieces.flatMap(splitPiece);
    for (const piece of pieces) words.add(piece);
    for (const piece of split) words.add(piece);
    for (const list of [pieces, split]) {
      for (const [at, piece] of list.entries()) {
        const next = list[at + 1];
        if (next !== undefined) words.add(piece + next);
      }
    }
  }
  for (const tag of [...model.tags, model.task ?? "", model.arch ?? ""]) {
    for (const piece of piecesOf(tag)) words.add(piece);
  }
  return [...words];
}

/** The words of a model that a mistyped one is corrected to: those of its name and author that have letters. */
export function vocabularyWords(repoId: string): readonly string[] {
  const pieces = piecesOf(repoId);
  return [...pieces, ...pieces.flatMap(splitPiece)].filter(
    (word) => word.length >= 3 && word.length <= 24 && /\p{L}{2}/u.test(word),
  );
}
