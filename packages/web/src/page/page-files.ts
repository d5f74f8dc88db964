import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";

/** One file of the page. */
export interface PageFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly brotli: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/**
 * The files of the page by their addresses, in memory: no request ever names a path on this disk. A built package has them
 * beside its code. From source they are built anew.
 */
export async function readPageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const contents = import.meta.url.endsWith(".ts") ? await buildFromSource() : await readBuilt();
  const files = new Map<string, PageFile>();
  for (const [name, plain] of contents) {
    const type = types[name.slice(name.lastIndexOf(".") + 1)];
    if (type === undefined) continue;
    const etag = `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`;
    const file = { type, plain: own(plain), brotli: own(brotliCompressSync(plain)), etag };
    files.set(`/${name}`, file);
    if (name === "index.html") files.set("/", file);
    if (name === "icon.svg") files.set("/favicon.ico", file);
  }
  return files;
}

const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

async function readBuilt(): Promise<ReadonlyMap<string, Uint8Array>> {
  const folder = new URL("../../dist/assets/", import.meta.url);
  const names = await readdir(folder);
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(new URL(name, folder))] as const),
    ),
  );
}

async function buildFromSource(): Promise<ReadonlyMap<string, Uint8Array>> {
  // Not a dependency of the published package: only a checkout has it.
  const builder = new URL("../../page/build-page.ts", import.meta.url).href;
  const { buildPage } = (await import(/* @vite-ignore */ builder)) as {
    buildPage: () => Promise<ReadonlyMap<string, Uint8Array>>;
  };
  return buildPage();
}
