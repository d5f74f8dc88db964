import { lockError } from "./lock-error.ts";

/** The name by which a project's programs ask for a model: `chat`, `embed-small`. */
const ALIAS = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const REPO_ID = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95}$/;
/** A branch or tag name that git accepts, or a commit. */
const REVISION = /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock$|[/.]$))[^\s~^:?*[\\\p{Cc}]{1,200}$/u;

/**
 * Checks an alias: 64 letters, digits, `.`, `_`, `-` at most, no slash, so that it is never taken for a repo. Throws
 * `lock/invalid`.
 */
export function checkAlias(alias: string): string {
  // As a key of an object it would be something else.
  if (ALIAS.test(alias) && !["__proto__", "constructor", "prototype"].includes(alias)) return alias;
  throw lockError("lock/invalid", `${JSON.stringify(alias.slice(0, 80))} is no alias`, {
    hint: "Use up to 64 letters, digits, dots, dashes and underscores.",
    alias: alias.slice(0, 80),
  });
}

/** A model as a manifest names it. */
export interface NamedModel {
  readonly repoId: string;
  /** As written. Undefined: main. */
  readonly revision: string | undefined;
}

/** Reads `org/name` or `org/name@revision`. Throws `lock/invalid`. */
export function parseNamedModel(ref: string): NamedModel {
  const at = ref.indexOf("@");
  const repoId = at < 0 ? ref : ref.slice(0, at);
  const revision = at < 0 ? undefined : ref.slice(at + 1);
  if (isRepoId(repoId) && (revision === undefined || REVISION.test(revision))) {
    return { repoId, revision };
  }
  throw lockError("lock/invalid", `${JSON.stringify(ref.slice(0, 120))} names no model`, {
    hint: "Write org/name or org/name@revision.",
    ref: ref.slice(0, 120),
  });
}

/** Whether a text is `org/name`. */
export function isRepoId(text: string): boolean {
  return (
    REPO_ID.test(text) && !text.includes("..") && !text.includes("--") && !text.endsWith(".git")
  );
}
