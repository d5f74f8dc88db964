import type { ListedModel } from "@mlx-download/core";
import { isObject } from "./bridge-message.ts";

/** One model of Python's list, checked. Undefined for an entry without an id. */
export function readListedModel(item: unknown): ListedModel | undefined {
  if (!isObject(item) || typeof item["repoId"] !== "string") return undefined;
  const { repoId, tags, gated } = item;
  const text = (name: string): string | undefined => {
    const value = item[name];
    return typeof value === "string" ? value : undefined;
  };
  const count = (name: string): number => {
    const value = item[name];
    return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;
  };
  return {
    repoId,
    downloads: count("downloads"),
    likes: count("likes"),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [],
    createdAt: text("createdAt"),
    lastModified: text("lastModified"),
    gated: gated === "auto" || gated === "manual" ? gated : false,
    private: item["private"] === true,
    pipelineTag: text("pipelineTag"),
    libraryName: text("libraryName"),
  };
}
