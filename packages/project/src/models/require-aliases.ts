import { type Manifest, MANIFEST_FILE } from "@mlx-download/registry";
import { projectError } from "../files/project-error.ts";

/** Throws `lock/unknown-alias` for aliases that a manifest does not have. */
export function requireAliases(aliases: readonly string[], { models }: Manifest): void {
  const unknown = aliases.find((alias) => !models.has(alias));
  if (unknown === undefined) return;
  const near = [...models].find(
    ([alias, { ref }]) =>
      alias.toLowerCase() === unknown.toLowerCase() || ref.split("@")[0] === unknown.split("@")[0],
  );
  const known = [...models.keys()].slice(0, 12).join(", ");
  throw projectError(
    "lock/unknown-alias",
    `${MANIFEST_FILE} has no model ${JSON.stringify(unknown)}`,
    {
      hint: near
        ? `Its alias is ${near[0]}.`
        : known === ""
          ? "It names no model at all. mlx-download add org/name adds one."
          : `It names ${known}.`,
      alias: unknown,
      known: [...models.keys()],
    },
  );
}
