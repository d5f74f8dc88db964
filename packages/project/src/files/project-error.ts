import { RegistryError, type RegistryErrorCode } from "@mlx-download/registry";

/** An error about the files of a project. */
export function projectError(
  code: Extract<RegistryErrorCode, `lock/${string}`>,
  message: string,
  { hint, ...data }: { readonly hint: string } & Readonly<Record<string, unknown>>,
): RegistryError {
  return new RegistryError(message, code, { hint, data });
}
