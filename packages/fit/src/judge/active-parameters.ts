import type { ModelDescription } from "../model/model-description.ts";

/**
 * Parameters that work on one token: all but the experts that rest, and tables that are only looked up. By the sizes of the config, not by the name. Null
 * where they are not known, or do not agree with the count of the weights.
 */
export function activeParameters({
  experts,
  parameters,
  lookupParameters,
}: Pick<ModelDescription, "experts" | "parameters" | "lookupParameters">): number | null {
  if (parameters === null) return null;
  if (experts === null) {
    const looked = lookupParameters ?? 0;
    return looked < parameters ? parameters - looked : parameters;
  }
  const { total, active, parameters: routed } = experts;
  if (routed === null || active === null || active > total || routed >= parameters) return null;
  return Math.round(parameters - routed * (1 - active / total));
}
