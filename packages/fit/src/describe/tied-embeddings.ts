import { field, isObject, type JsonObject } from "../model/json-value.ts";

/** Whether the embeddings are the output matrix too. To Python a null is no. */
export function isTied(values: JsonObject, root: JsonObject, byDefault: boolean): boolean {
  for (const section of [values, root]) {
    if (!isObject(section) || !Object.hasOwn(section, "tie_word_embeddings")) continue;
    return field(section, "tie_word_embeddings") === true;
  }
  return byDefault;
}
