import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, open, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { openRegistry, type RegistryNotice, searchCatalogue } from "../src/index.ts";
import { importSeed, type SeedCatalogue } from "../src/index.ts";

const seed: SeedCatalogue = {
  date: "2026-11-01",
  models: Array.from({ length: 600 }, (_, at) => ({
    hubId: null,
    repoId: `acme/gemma-${at}-4bit`,
    downloads: at,
    likes: 0,
    modifiedAt: null,
    parameters: null,
    license: "mit",
    task: "text-generation",
    arch: "gemma3",
    tags: [],
  })),
};

async function storedRegistry(): Promise<string> {
  const path = join(await tempDir(), "registry.db");
  using registry = openRegistry({ path });
  importSeed(registry, seed);
  return path;
}

/** Opens, searches, fills and searches again; what was told on the way. */
function useRegistry(path: string): { notices: RegistryNotice[]; found: number } {
  const notices: RegistryNotice[] = [];
  using registry = openRegistry({ path, onNotice: (notice) => notices.push(notice) });
  try {
    searchCatalogue(registry, "gemma");
  } catch (error) {
    expect(error).toMatchObject({ code: "registry/no-catalogue" });
  }
  importSeed(registry, seed);
  return { notices, found: searchCatalogue(registry, "gemma").total };
}

const asides = async (path: string): Promise<readonly string[]> =>
  (await readdir(join(path, ".."))).filter((name) => name.includes("damaged"));

test.each([
  [
    "its header zeroed",
    async (path: string) => {
      const file = await open(path, "r+");
      await file.write(Buffer.alloc(100), 0, 100, 0);
      await file.close();
    },
  ],
  ["text instead of a database", (path: string) => writeFile(path, "hello\n".repeat(2000))],
  ["cut in half", async (path: string) => truncate(path, Math.floor((await stat(path)).size / 2))],
  ["cut to one page", (path: string) => truncate(path, 4096)],
  [
    "noise in the place of its tables",
    async (path: string) => {
      const file = await open(path, "r+");
      const { size } = await file.stat();
      await file.write(Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096);
      await file.close();
    },
  ],
  [
    "the database of another program",
    async (path: string) => {
      await writeFile(path, "");
      using db = new DatabaseSync(path);
      db.exec("create table theirs (x); pragma user_version=7");
    },
  ],
])("with %s it is set aside, said in one line, and built anew", async (_what, damage) => {
  const path = await storedRegistry();
  await damage(path);
  const { notices, found } = useRegistry(path);
  expect(found).toBe(600);
  expect(notices.map(({ code }) => code)).toEqual(["set-aside"]);
  expect(notices[0]?.message).not.toContain("\n");
  expect(await asides(path)).toHaveLength(1);
  expect(useRegistry(path)).toEqual({ notices: [], found: 600 });
});

test("emptied to nothing, it is a new one", async () => {
  const path = await storedRegistry();
  await truncate(path, 0);
  expect(useRegistry(path)).toEqual({ notices: [], found: 600 });
});

test("with a table missing, it is set aside when the table is needed", async () => {
  const path = await storedRegistry();
  {
    using db = new DatabaseSync(path);
    db.exec("drop table ranked");
  }
  const { notices, found } = useRegistry(path);
  expect(found).toBe(600);
  expect(notices.map(({ code }) => code)).toEqual(["set-aside"]);
});

test("only the last damaged files are kept", async () => {
  const path = await storedRegistry();
  for (let round = 0; round < 4; round += 1) {
    await writeFile(path, `damaged ${round} `.repeat(500));
    useRegistry(path);
  }
  expect(await asides(path)).toHaveLength(2);
});

test("one that a newer version wrote is read and left as it is", async () => {
  const path = await storedRegistry();
  {
    using db = new DatabaseSync(path);
    db.exec("pragma user_version=99; pragma journal_mode=delete");
  }
  const before = await readFile(path);
  const notices: RegistryNotice[] = [];
  using registry = openRegistry({ path, onNotice: (notice) => notices.push(notice) });
  expect(notices.map(({ code }) => code)).toEqual(["newer"]);
  expect(searchCatalogue(registry, "gemma").total).toBe(600);
  expect(() => registry.write(() => {})).toThrow(
    expect.objectContaining({ code: "registry/read-only" }),
  );
  registry.close();
  expect(await readFile(path)).toEqual(before);
});

test("where nothing can be stored, an empty one in memory stands in", async () => {
  const dir = await tempDir();
  await writeFile(join(dir, "file"), "");
  const notices: RegistryNotice[] = [];
  using registry = openRegistry({
    path: join(dir, "file", "registry.db"),
    onNotice: (notice) => notices.push(notice),
  });
  expect(notices.map(({ code }) => code)).toEqual(["in-memory"]);
  importSeed(registry, seed);
  expect(searchCatalogue(registry, "gemma").total).toBe(600);
});

test.skipIf(process.getuid?.() === 0)(
  "in a folder that cannot be written it is searched, and writing is refused",
  async () => {
    const path = await storedRegistry();
    await chmod(path, 0o444);
    await chmod(join(path, ".."), 0o555);
    onTestFinished(() => chmod(join(path, ".."), 0o755));
    const notices: RegistryNotice[] = [];
    using registry = openRegistry({ path, onNotice: (notice) => notices.push(notice) });
    expect(notices.map(({ code }) => code)).toEqual(["read-only"]);
    expect(searchCatalogue(registry, "gemma").total).toBe(600);
    expect(() => importSeed(registry, { ...seed, date: "2027-01-01" })).toThrow(
      expect.objectContaining({ code: "registry/read-only" }),
    );
  },
);

test("a file system without shared memory gets a rollback journal, and says so", async () => {
  const path = join(await tempDir(), "registry.db");
  const notices: RegistryNotice[] = [];
  using registry = openRegistry({
    path,
    vfs: "unix-dotfile",
    onNotice: (notice) => notices.push(notice),
  });
  importSeed(registry, seed);
  expect(searchCatalogue(registry, "gemma").total).toBe(600);
  expect(notices.map(({ code }) => code)).toEqual(["no-wal"]);
});

test("a folder in its place is told, and nothing fails", async () => {
  const path = join(await tempDir(), "registry.db");
  await mkdir(path);
  expect(useRegistry(path)).toMatchObject({ found: 600, notices: [{ code: "in-memory" }] });
});

test("eight processes that open a new one at once write all they have", async () => {
  const path = join(await tempDir(), "registry.db");
  const program = `
    import { openRegistry } from ${JSON.stringify(join(import.meta.dirname, "../src/index.ts"))};
    const registry = openRegistry({ path: process.argv[1], onNotice: ({ message }) => console.log(message) });
    for (let round = 0; round < 40; round += 1) registry.write((db) => {
      const n = Number(db.prepare("select value from setting where name = 'n'").get()?.value ?? 0);
      db.prepare("insert or replace into setting values ('n', ?)").run(String(n + 1));
    });`;
  const ends = Array.from({ length: 8 }, async () => {
    const child = spawn(
      process.execPath,
      ["--conditions=@mlx-download/source", "--input-type=module", "-e", program, path],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    const [code] = (await once(child, "close")) as [number];
    return { code, said };
  });
  expect(await Promise.all(ends)).toEqual(Array.from({ length: 8 }, () => ({ code: 0, said: "" })));
  using registry = openRegistry({ path });
  const row = registry.read((db) => db.prepare("select value from setting where name = 'n'").get());
  expect(row?.["value"]).toBe("320");
});
