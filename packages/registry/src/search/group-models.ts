import { parseModelName } from "@mlx-download/fit";
import type { CatalogueModel } from "../catalogue/catalogue-model.ts";

/** The variants of one base model. */
export interface ModelGroup {
  /** The repo that they were made from, where one of them names it, else the name they share. */
  readonly base: string;
  /** The most bits first, the most downloaded first among equals. */
  readonly models: readonly CatalogueModel[];
}

/** Groups models by their base. Groups keep the order of their first model. */
export function groupModels(models: readonly CatalogueModel[]): readonly ModelGroup[] {
  const groups = new Map<string, CatalogueModel[]>();
  for (const model of models) {
    const key = parseModelName(model.base ?? model.repoId).stem;
    const group = groups.get(key);
    if (group) group.push(model);
    else groups.set(key, [model]);
  }
  return [...groups].map(([key, group]) => ({
    base: group.find(({ base }) => base?.includes("/"))?.base ?? key,
    models: group.toSorted((a, b) => (b.bits ?? 16) - (a.bits ?? 16) || b.downloads - a.downloads),
  }));
}
