import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repoLayout, type RepoLayout, type SnapshotFile } from "@mlx-download/cache";
import { prepareRepo, publishFile, writeRef, writeTreeRecord } from "@mlx-download/cache/writing";

/** The commit of the golden model `acme/tiny`. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

const HEADER =
  '{"__metadata__":{"format":"mlx"},"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}   ';

/** The files of `acme/tiny`; their ids come from git and from the Hub's tools, not from the code under test. */
export const GOLDEN: readonly { readonly file: SnapshotFile; readonly content: Buffer }[] = [
  plain(
    ".gitattributes",
    "*.safetensors filter=lfs diff=lfs merge=lfs -text\n",
    "580d310c2d211aca166288a207e972ced9bb0100",
  ),
  plain("README.md", "# tiny\n", "8e2e871357bef652084a73f7173adc5eb8859a33"),
  plain("config.json", '{"model_type":"llama"}\n', "479e18224e7827e7909c8a78f287e3306c1de8bb"),
  plain("sub/dir/notes.txt", "hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"),
  plain("empty.txt", "", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
  {
    file: {
      path: "model.safetensors",
      size: 100,
      digest: {
        algorithm: "sha256",
        hex: "914218289910ff881b5c3dcad3c27b2df30a6de51b699be8d22264136c1ead90",
      },
      blobId: "07a046077f0a58beea34706f87b35e177709d581",
      xetHash: "d5160d39cde479c9d5e9bae9f54f4ff59a59c96a71d2bf8971448a12fcd4c5a4",
    },
    content: Buffer.concat([
      Buffer.from([88, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from(HEADER),
      Buffer.from([1, 2, 3, 4]),
    ]),
  },
];

/** The listing of the golden model. */
export const FILES: readonly SnapshotFile[] = GOLDEN.map(({ file }) => file);

/** One golden file by its path. */
export function golden(path: string): { file: SnapshotFile; content: Buffer } {
  const found = GOLDEN.find(({ file }) => file.path === path);
  if (found === undefined) throw new Error(`no golden file ${path}`);
  return found;
}

/** Writes the content of a golden file where a download would have left it, and returns that path. */
export async function stage(layout: RepoLayout, path: string): Promise<string> {
  const from = join(layout.partialDir, `${golden(path).file.digest.hex}.data`);
  await writeFile(from, golden(path).content, { mode: 0o600 });
  return from;
}

/** Publishes the whole golden model into a cache, as a download does. */
export async function publishGolden(
  cacheDir: string,
  options: {
    repoId?: string;
    commit?: string;
    revision?: string | null;
    symlinks?: boolean;
    paths?: readonly string[];
  } = {},
): Promise<RepoLayout> {
  const { repoId = "acme/tiny", commit = COMMIT, revision = "main", symlinks = true } = options;
  const layout = repoLayout(cacheDir, repoId);
  await prepareRepo(layout);
  for (const path of options.paths ?? FILES.map((file) => file.path)) {
    const from = await stage(layout, path);
    await publishFile(layout, { commit, file: golden(path).file, from }, { symlinks });
  }
  await writeTreeRecord(layout, commit, FILES);
  if (revision !== null) await writeRef(layout, revision, commit);
  return layout;
}

function plain(path: string, text: string, oid: string): { file: SnapshotFile; content: Buffer } {
  const content = Buffer.from(text);
  const digest = { algorithm: "git-sha1", hex: oid } as const;
  return { file: { path, size: content.length, digest, blobId: oid }, content };
}
