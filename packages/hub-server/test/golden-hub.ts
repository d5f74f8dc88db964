import { createHub, createMemoryStore, type HubOptions, type MemoryStore } from "../src/index.ts";
import { writeSafetensors } from "../src/testing/index.ts";

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
export const PR_COMMIT = "89abcdef0123456789abcdef0123456789abcdef";
export const SHA256 = "914218289910ff881b5c3dcad3c27b2df30a6de51b699be8d22264136c1ead90";

/** The fixture of facts/hub-and-cache.md 17.2. */
export const GOLDEN_FILES: Readonly<Record<string, string | Uint8Array>> = {
  ".gitattributes": "*.safetensors filter=lfs diff=lfs merge=lfs -text\n",
  "README.md": "# tiny\n",
  "config.json": '{"model_type":"llama"}\n',
  "sub/dir/notes.txt": "hello\n",
  "empty.txt": "",
  "model.safetensors": writeSafetensors({
    w: { dtype: "U8", shape: [4], data: Uint8Array.of(1, 2, 3, 4) },
  }),
};

/** A store with the golden repo, a tag, a pull request and a user. */
export async function goldenStore(): Promise<MemoryStore> {
  const store = createMemoryStore();
  await store.addRepo("acme/tiny", GOLDEN_FILES, {
    commit: COMMIT,
    tags: ["mlx"],
    libraryName: "mlx",
    pipelineTag: "text-generation",
    downloads: 12,
    likes: 3,
  });
  await store.addRepo("acme/tiny", GOLDEN_FILES, { commit: COMMIT, revision: "refs/tags/v1" });
  await store.addRepo(
    "acme/tiny",
    { "README.md": "# pr\n" },
    { commit: PR_COMMIT, revision: "refs/pr/1" },
  );
  store.addUser({ name: "anna", tokens: ["hf_anna"], orgs: ["lab"] });
  return store;
}

/** What a Hub over a store answers to a path, without a socket. */
export async function goldenHub(options: Partial<HubOptions> = {}): Promise<{
  store: MemoryStore;
  ask: (path: string, init?: RequestInit & { token?: string }) => Promise<Response>;
}> {
  const store = await goldenStore();
  const hub = createHub({ store, cdnUrl: "http://localhost:1", ...options });
  return {
    store,
    ask: (path, { token, ...init } = {}) => {
      const request = new Request(`http://127.0.0.1:9${path}`, init);
      if (token !== undefined) request.headers.set("authorization", `Bearer ${token}`);
      return hub.fetch(request);
    },
  };
}
