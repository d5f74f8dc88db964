import { ModelDownloadError } from "../../contract/errors.ts";
import type { BlobRequest } from "./source.ts";
import type { SourceSet } from "./source-set.ts";

/** A place that has the bytes of a blob, perhaps under another path. */
export interface OtherPlace {
  readonly path: string;
  readonly source: SourceSet;
}

/** Answers by which a Hub says that it no longer has a commit or a file of it. */
const GONE: ReadonlySet<string> = new Set([
  "hub/revision-not-found",
  "hub/entry-not-found",
  "hub/repo-not-found",
]);

/**
 * A source whose snapshot may be gone: a blob that it lacks is read from the place that `findOther` names for the blob's digest.
 * The error of a blob that has none is the source's own.
 */
export function orSameBytes(
  own: SourceSet,
  findOther: (blob: BlobRequest, gone: ModelDownloadError) => Promise<OtherPlace | undefined>,
): SourceSet {
  const places = new Map<string, OtherPlace>();
  return {
    get name() {
      return own.name;
    },
    namesFor(blob) {
      const { source, path } = places.get(blob.path) ?? { source: own, path: blob.path };
      return source.namesFor({ ...blob, path });
    },
    join: (source) => own.join(source),
    taken: () => own.taken(),
    async read(blob, range, io) {
      const known = places.get(blob.path);
      if (known) return known.source.read({ ...blob, path: known.path }, range, io);
      try {
        await own.read(blob, range, io);
      } catch (error) {
        const isGone = error instanceof ModelDownloadError && GONE.has(error.code);
        if (!isGone || io.signal.aborted) throw error;
        const other = await findOther(blob, error);
        if (other === undefined) throw error;
        places.set(blob.path, other);
        await other.source.read({ ...blob, path: other.path }, range, io);
      }
    },
    parts(blob, range) {
      const { source, path } = places.get(blob.path) ?? { source: own, path: blob.path };
      return source.parts({ ...blob, path }, range);
    },
    settle(blob, replaced) {
      const { source, path } = places.get(blob.path) ?? { source: own, path: blob.path };
      source.settle({ ...blob, path }, replaced);
    },
  };
}
