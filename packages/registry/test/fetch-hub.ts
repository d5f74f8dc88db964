import { type CatalogueHub, LISTED_FIELDS } from "../src/index.ts";

/** The Hub at an address, asked with plain `fetch`. */
export function fetchHub(endpoint: string): CatalogueHub {
  return {
    endpoint,
    async listModels({ sort, limit, next, signal }) {
      const query = new URLSearchParams({ filter: "mlx", sort, limit: String(limit) });
      for (const field of LISTED_FIELDS) query.append("expand", field);
      const response = await fetch(next ?? `${endpoint}/api/models?${query.toString()}`, {
        ...(signal && { signal }),
      });
      if (next !== undefined && response.status >= 400 && response.status < 500)
        return "cursor-refused";
      if (!response.ok) throw new Error(`status ${response.status}`);
      const budget = /r=(\d+);t=(\d+)/.exec(response.headers.get("ratelimit") ?? "");
      return {
        items: (await response.json()) as readonly unknown[],
        next: /<([^>]+)>/.exec(response.headers.get("link") ?? "")?.[1],
        ...(budget && {
          budget: { remaining: Number(budget[1]), quota: 500, resetMs: Number(budget[2]) * 1000 },
        }),
      };
    },
    async findModel(repoId) {
      const response = await fetch(`${endpoint}/api/models/${repoId}`);
      return response.ok ? await response.json() : undefined;
    },
  };
}
