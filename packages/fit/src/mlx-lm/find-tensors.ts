import type { ModuleTensors } from "./module-tensors.ts";
import { MLX_LM_TENSORS } from "./tensors.ts";

/** The tensors of a module. Undefined where they are not known. */
export function moduleTensors(module: string): ModuleTensors | undefined {
  return Object.hasOwn(MLX_LM_TENSORS, module) ? MLX_LM_TENSORS[module] : undefined;
}

/** The words of a list. None when it is absent. */
export const wordsOf = (list: string | undefined): readonly string[] =>
  list === undefined || list === "" ? [] : list.split(" ");
