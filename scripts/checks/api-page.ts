import type { Declaration, DeclarationKind, Surface } from "./declarations.ts";
import type { Manifest } from "./packages.ts";

const groups: readonly (readonly [string, readonly DeclarationKind[]])[] = [
  ["Functions", ["function"]],
  ["Classes", ["class"]],
  ["Constants", ["const"]],
  ["Types", ["interface", "type"]],
];

/**
 * The page of a package: for each entry an overview of its exports by kind, then every export with its doc comment and
 * its signature, then the types that those mention without being exported.
 */
export function apiPageText(
  manifest: Pick<Manifest, "name" | "description">,
  entries: readonly (readonly [entry: string, surface: Surface])[],
): string {
  const counted = entries.map(
    ([entry, { exported }]) =>
      `- [\`${entry}\`](#${anchor(entry)}): ${Object.keys(byName(exported)).length} exports`,
  );
  const parts = [
    `# ${manifest.name}`,
    ...(manifest.description === undefined ? [] : [manifest.description]),
    "Written by `pnpm api:update` from the doc comments of the source.",
    counted.join("\n"),
    ...entries.flatMap(([entry, surface]) => entryParts(entry, surface)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function entryParts(entry: string, { exported, mentioned }: Surface): readonly string[] {
  const parts = [`## ${entry}`];
  if (exported.length === 0) parts.push("Exports nothing.");
  for (const [title, kinds] of groups) {
    const members = Object.entries(byName(exported.filter(({ kind }) => kinds.includes(kind))));
    if (members.length === 0) continue;
    parts.push(`### ${title}`);
    if (title !== "Types") parts.push(overview(members));
    for (const [name, declarations] of members) parts.push(`#### ${name}`, ...body(declarations));
  }
  if (mentioned.length > 0) {
    parts.push("### Mentioned, not exported");
    for (const [name, declarations] of Object.entries(byName(mentioned)))
      parts.push(`#### ${name}`, ...body(declarations));
  }
  return parts;
}

function overview(members: readonly (readonly [string, readonly Declaration[]])[]): string {
  const rows = members.map(([name, [first]]) => {
    const sentence = firstSentence(first?.doc ?? "").replaceAll("|", String.raw`\|`);
    return `| [\`${name}\`](#${anchor(name)}) | ${sentence} |`;
  });
  return ["| Name | Purpose |", "| --- | --- |", ...rows].join("\n");
}

/** Each overload with its own comment. */
function body(declarations: readonly Declaration[]): readonly string[] {
  return declarations.flatMap(({ doc, text }) => [
    ...(doc === "" ? [] : [doc]),
    `\`\`\`ts\n${text}\n\`\`\``,
  ]);
}

function byName(declarations: readonly Declaration[]): Record<string, Declaration[]> {
  const named: Record<string, Declaration[]> = {};
  for (const declaration of declarations) (named[declaration.name] ??= []).push(declaration);
  return named;
}

/** Up to the first full stop that ends a sentence, in one line. */
function firstSentence(doc: string): string {
  const line = (doc.split(/\n\s*\n/u)[0] ?? "").replaceAll(/\s+/gu, " ");
  return /^.*?\.(?= [A-Z`]|$)/u.exec(line)?.[0] ?? line;
}

/** The anchor that GitHub gives to a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/gu, "")
    .replaceAll(" ", "-");
}
