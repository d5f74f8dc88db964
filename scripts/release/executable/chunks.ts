/** The chunks of the command as scripts that V8 has compiled before. */
export interface ChunkStore {
  /** The code. */
  text(name: string): string;
  /** What V8 made of it at the build, functions that a start calls included. */
  compiled(name: string): Uint8Array | undefined;
}

/** A chunk that was loaded, as V8 holds it. */
export type ChunkScript = import("node:vm").Script;

/** A chunk takes these. On a line of its own, so that no place in the chunk moves. */
const HEAD = "(function (exports, require, module, __filename) {\n";

/** A chunk as a script of its own, from what V8 compiled before where the store has that. */
export function compileChunk(name: string, store: ChunkStore): ChunkScript {
  const { Script } = process.getBuiltinModule("node:vm");
  const cachedData = store.compiled(name);
  const script = new Script(`${HEAD}${store.text(name)}\n})`, {
    filename: addressOf(name),
    lineOffset: -1,
    ...(cachedData === undefined ? {} : { cachedData: Buffer.from(cachedData) }),
  });
  // For the test of the executable. A start without it is slower and works.
  if (script.cachedDataRejected && process.env["NODE_DEBUG"] === "mlx-download") {
    process.stderr.write(`code cache of ${name} rejected\n`);
  }
  return script;
}

/**
 * Gives the `require` by which the command's chunks find each other and Node's modules. `import()` inside an executable finds
 * Node's modules only, and the code cache of Node's own covers one module whole, without its functions. `path` took twice
 * the time that way.
 */
export function requireChunks(
  store: ChunkStore,
  onLoad?: (name: string, script: ChunkScript) => void,
): (name: string) => unknown {
  const loaded = new Map<string, { exports: unknown }>();
  const load = (name: string): unknown => {
    const there = loaded.get(name);
    if (there !== undefined) return there.exports;
    const script = compileChunk(name, store);
    onLoad?.(name, script);
    const module = { exports: {} as unknown };
    loaded.set(name, module);
    const near = (from: string): unknown =>
      from.startsWith(".")
        ? load(resolveBeside(name, from))
        : process.getBuiltinModule(from.startsWith("node:") ? from : `node:${from}`);
    script.runInThisContext()(module.exports, near, module, addressOf(name));
    return module.exports;
  };
  return load;
}

/** The name in stacks. `source-positions.ts` of the command knows its form. */
function addressOf(name: string): string {
  return `/mlx-download/dist/${name}`;
}

/** `./b.js` or `../b.js` as `bin/a.js` names it. */
function resolveBeside(name: string, from: string): string {
  return new URL(from, `file:///${name}`).pathname.slice(1);
}
