/** Under which name a keychain keeps the token of an endpoint: its origin, since a token belongs to one Hub, the first. */
export function tokenAccount(
  env: NodeJS.ProcessEnv,
  endpoint: string | readonly string[] | undefined,
): string {
  const [given] = typeof endpoint === "string" ? [endpoint] : (endpoint ?? []);
  const text = given ?? env["HF_ENDPOINT"]?.split(",")[0]?.trim();
  return (text && URL.parse(text)?.origin) || "https://huggingface.co";
}
