import type { RepoSettings } from "./repo-store.ts";

/** Settings with defaults filled in: a public repo without downloads or likes. */
export function repoSettings(given: Partial<RepoSettings> = {}): RepoSettings {
  const defaults: RepoSettings = {
    private: false,
    gated: false,
    accepted: [],
    requests: {},
    readers: [],
    disabled: false,
    renamedFrom: [],
    tags: [],
    downloads: 0,
    likes: 0,
    trendingScore: 0,
    createdAt: "2026-01-01T00:00:00.000Z",
    lastModified: "2026-01-02T03:04:05.000Z",
    libraryName: undefined,
    pipelineTag: undefined,
    scans: {},
    scansDone: false,
    info: {},
  };
  return { ...defaults, ...given };
}
