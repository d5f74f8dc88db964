/** Which repos a mirror serves. Patterns are `org/name`, `*` standing for anything, in any letter case. */
export interface RepoRules {
  /** Only these. Empty: all. */
  readonly allow: readonly string[];
  /** None of these, also when they are allowed. */
  readonly deny: readonly string[];
}

/** Makes the function that says whether a repo may be served. */
export function createRepoRules({ allow, deny }: RepoRules): (repoId: string) => boolean {
  const allowed = allow.map(toRegExp);
  const denied = deny.map(toRegExp);
  return (repoId) =>
    (allowed.length === 0 || allowed.some((pattern) => pattern.test(repoId))) &&
    !denied.some((pattern) => pattern.test(repoId));
}

function toRegExp(pattern: string): RegExp {
  const parts = pattern
    .split("*")
    .map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "i");
}
