import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A top-level statement of a d.ts file. */
export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** Its doc comment as Markdown; empty without one. */
  readonly doc: string;
  /** The statement with the doc comments inside it (of fields and methods), without private members. */
  readonly text: string;
}

export type DeclarationKind = "function" | "class" | "interface" | "type" | "const";

/** What one d.ts file declares, imports and hands on. */
interface DeclarationFile {
  readonly path: string;
  readonly declarations: readonly Declaration[];
  /** Local name to the file and name it comes from; files outside the package are left out. */
  readonly imports: ReadonlyMap<string, Origin>;
  /** Exported name to its origin. */
  readonly exports: ReadonlyMap<string, Origin>;
}

interface Origin {
  readonly path: string;
  readonly name: string;
}

/** The public surface behind one entry: what it exports by name, and the declarations that those mention. */
export interface Surface {
  readonly exported: readonly Declaration[];
  readonly mentioned: readonly Declaration[];
}

/** Flattens an emitted entry d.ts: one declaration a name, sorted, wherever in the package it was written. */
export async function readSurface(entry: string): Promise<Surface> {
  const files = new Map<string, Promise<DeclarationFile>>();
  const file = (path: string): Promise<DeclarationFile> => {
    const known = files.get(path) ?? readDeclarationFile(path);
    files.set(path, known);
    return known;
  };
  const found = new Map<Declaration, DeclarationFile>();
  const exported: Declaration[] = [];
  const { exports } = await file(entry);
  for (const [name, origin] of [...exports].toSorted(byName)) {
    for (const [declaration, home] of await resolveOrigin(origin, file)) {
      found.set(declaration, home);
      exported.push(
        declaration.name === name
          ? declaration
          : { ...declaration, name, text: `${declaration.text} // as ${name}` },
      );
    }
  }
  const mentioned: Declaration[] = [];
  // The map grows while it is walked: a mentioned declaration mentions others.
  for (const [declaration, home] of found) {
    for (const word of new Set(withoutComments(declaration.text).match(/[A-Za-z_$][\w$]*/gu))) {
      for (const [other, otherHome] of await resolveOrigin({ path: home.path, name: word }, file)) {
        if (found.has(other)) continue;
        found.set(other, otherHome);
        mentioned.push(other);
      }
    }
  }
  mentioned.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { exported, mentioned };
}

function byName([a]: readonly [string, Origin], [b]: readonly [string, Origin]): number {
  return a < b ? -1 : 1;
}

async function resolveOrigin(
  { path, name }: Origin,
  file: (path: string) => Promise<DeclarationFile>,
): Promise<readonly (readonly [Declaration, DeclarationFile])[]> {
  const home = await file(path);
  const own = home.declarations.filter((declaration) => declaration.name === name);
  if (own.length > 0) return own.map((declaration) => [declaration, home] as const);
  const origin = home.imports.get(name) ?? home.exports.get(name);
  return origin && (origin.path !== path || origin.name !== name)
    ? resolveOrigin(origin, file)
    : [];
}

async function readDeclarationFile(path: string): Promise<DeclarationFile> {
  const declarations: Declaration[] = [];
  const imports = new Map<string, Origin>();
  const exports = new Map<string, Origin>();
  for (const { doc, text } of statements(await readFile(path, "utf8"))) {
    const list =
      /^(?<kind>import|export)(?: type)? \{(?<names>[^}]*)\}(?: from "(?<from>[^"]+)")?/u.exec(
        withoutComments(text),
      )?.groups;
    if (list) {
      const from = list["from"];
      if (from && !from.startsWith(".")) continue;
      const origin = from ? join(path, "..", from.replace(/\.(?:js|ts)$/u, ".d.ts")) : path;
      for (const [name, local] of namesOf(list["names"] ?? "")) {
        if (list["kind"] === "import") imports.set(local, { path: origin, name });
        else exports.set(local, { path: origin, name });
      }
      continue;
    }
    const head =
      /^(?:export )?(?:declare )?(?:abstract )?(?:async )?(?<kind>function|class|interface|type|const)\*? (?<name>[\w$]+)/u.exec(
        text,
      )?.groups;
    const name = head?.["name"];
    if (!name) continue;
    declarations.push({
      name,
      kind: head["kind"] as DeclarationKind,
      doc,
      text: text.replace(/^export /u, "").replace(/^declare /u, ""),
    });
    if (text.startsWith("export ")) exports.set(name, { path, name });
  }
  return { path, declarations, imports, exports };
}

/** `a, type B, c as d` as pairs of name there and name here. */
function namesOf(list: string): readonly (readonly [string, string])[] {
  return list
    .split(",")
    .map((item) => item.trim().replace(/^type /u, ""))
    .filter((item) => item !== "")
    .map((item) => {
      const [name = item, local = name] = item.split(" as ");
      return [name, local] as const;
    });
}

const string = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/u.source;
const blockComment = /\/\*(?:[^*]|\*(?!\/))*\*\//u.source;
const lineComment = /\/\/[^\n]*/u.source;

/**
 * The statements of a d.ts file, each with its doc comment. The emitter starts a top-level statement and its comment in
 * column 0, and indents or closes all that follows.
 */
function statements(text: string): readonly { readonly doc: string; readonly text: string }[] {
  const start = new RegExp(
    `^(?<doc>${blockComment}\\n)?(?:import|export|declare|type|interface)\\b`,
    "gmu",
  );
  const starts = [...text.matchAll(start)];
  return starts.map(({ index, groups }, position) => {
    const doc = groups?.["doc"] ?? "";
    const whole = text.slice(index + doc.length, starts[position + 1]?.index);
    return { doc: proseOf(doc), text: statementText(whole) };
  });
}

/** Drops line comments, private members (also with a doc comment) and empty lines. */
function statementText(whole: string): string {
  return whole
    .replaceAll(new RegExp(`(?<kept>${string}|${blockComment})|${lineComment}`, "gu"), "$<kept>")
    .replaceAll(
      new RegExp(`^[ ]{4}(?:${blockComment}\\s*)?(?:#private|private [^\\n]*);\\n`, "gmu"),
      "",
    )
    .replaceAll(/[ \t]+$/gmu, "")
    .replaceAll(/\n{2,}/gu, "\n")
    .trim();
}

function withoutComments(text: string): string {
  return text.replaceAll(new RegExp(`(?<kept>${string})|${blockComment}`, "gu"), "$<kept>");
}

/** The Markdown of a doc comment: without its frame, with links as code. */
function proseOf(comment: string): string {
  return comment
    .replace(/^\/\*\*?/u, "")
    .replace(/\*\/\s*$/u, "")
    .replaceAll(/^[ \t]*\*(?: |$)/gmu, "")
    .replaceAll(/\{@link (?<name>[^}]+)\}/gu, "`$<name>`")
    .trim();
}
