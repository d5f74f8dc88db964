import type { ModelDescription } from "../model/model-description.ts";

/**
 * Parameters that work on one token: all but the experts that rest. By the sizes of the config, not by the name. Null
 * where they are not known, or do not agree with the count of the weights.
 */
export function activeParameters({
  experts,
  parameters,
}: Pick<ModelDescription, "experts" | "parameters">): number | null {
  if (parameters === null || experts === null) return parameters;
  const { total, active, parameters: routed } = experts;
  if (routed === null || active === null || active > total || routed >= parameters) return null;
  return Math.round(parameters - routed * (1 - active / total));
}
