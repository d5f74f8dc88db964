import { CHANGE_CLASSES, type ChangeClass, changeClass } from "./change-class.ts";
import { diffJson, type ValueChange } from "./diff-json.ts";

/** One version of a model, as far as it is compared. */
export interface ComparedSnapshot {
  readonly files: readonly ComparedFile[];
  /** Texts of `config.json` and `tokenizer_config.json`, where they could be read. */
  readonly texts?: ReadonlyMap<string, string> | undefined;
}

/** A file of a version. */
export interface ComparedFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** `sha256:<hex>` or `git-sha1:<hex>`. */
  readonly digest: string;
}

/** A file that differs. Null on the side that lacks it. */
export interface FileChange {
  readonly path: string;
  readonly status: "added" | "removed" | "changed";
  readonly from: Omit<ComparedFile, "path"> | null;
  readonly to: Omit<ComparedFile, "path"> | null;
}

/** How two versions of a model differ. */
export interface SnapshotDiff {
  /** The subjects of the changes, the weightiest first. Empty: nothing differs. */
  readonly changes: readonly ChangeClass[];
  /** Sorted by path. */
  readonly files: readonly FileChange[];
  /** Of `config.json`. */
  readonly config: readonly ValueChange[];
}

const CONFIG = "config.json";
const TOKENIZER_CONFIG = "tokenizer_config.json";
/** Older models keep their chat template in it. */
const TEMPLATE_KEY = "chat_template";

/** Compares two versions of a model, file by file and, of its config, key by key. */
export function diffSnapshots(from: ComparedSnapshot, to: ComparedSnapshot): SnapshotDiff {
  const before = new Map(from.files.map((file) => [file.path, file]));
  const after = new Map(to.files.map((file) => [file.path, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const files = paths.flatMap((path): readonly FileChange[] => {
    const [a, b] = [before.get(path), after.get(path)];
    if (a && b && a.digest === b.digest && a.size === b.size) return [];
    const status = !a ? "added" : !b ? "removed" : "changed";
    return [{ path, status, from: a ? sideOf(a) : null, to: b ? sideOf(b) : null }];
  });
  const text = (snapshot: ComparedSnapshot, path: string): string | undefined =>
    snapshot.texts?.get(path);
  const classes = new Set(
    files.flatMap(({ path }) =>
      path === TOKENIZER_CONFIG
        ? tokenizerClasses(text(from, path), text(to, path))
        : [changeClass(path)],
    ),
  );
  return {
    changes: CHANGE_CLASSES.filter((name) => classes.has(name)),
    files,
    config: files.some(({ path }) => path === CONFIG)
      ? diffJson(text(from, CONFIG), text(to, CONFIG))
      : [],
  };
}

const sideOf = ({ size, digest }: ComparedFile): Omit<ComparedFile, "path"> => ({ size, digest });

/** A tokenizer's config where only the chat template differs is about that alone. */
function tokenizerClasses(
  from: string | undefined,
  to: string | undefined,
): readonly ChangeClass[] {
  if (from === undefined || to === undefined) return ["tokenizer"];
  const keys = diffJson(from, to).map(({ key }) => key.split(".")[0]);
  const template: readonly ChangeClass[] = keys.includes(TEMPLATE_KEY) ? ["template"] : [];
  return keys.every((key) => key === TEMPLATE_KEY) && keys.length > 0
    ? template
    : [...template, "tokenizer"];
}
