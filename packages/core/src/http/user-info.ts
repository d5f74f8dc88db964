/**
 * An address whose user name and password are percent-encoded where they were written as they are (`p#a%s\s`): passwords
 * are pasted from elsewhere. A part that is encoded already stays. The rest of the address is left alone.
 */
export function encodeUserInfo(address: string): string {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(address) ?? [];
  const slash = rest.indexOf("/");
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  // A slash in a password hides the @ from the authority. Only a bare host may follow it then.
  const at = authority.includes("@")
    ? authority.lastIndexOf("@")
    : /^[^/:]*:(?!\d+\/).*@[\w.-]+(?::\d+)?\/?$/s.test(rest)
      ? rest.lastIndexOf("@")
      : -1;
  if (at < 0) return address;
  const [user = "", ...password] = rest.slice(0, at).split(":");
  const parts = password.length === 0 ? [user] : [user, password.join(":")];
  return `${scheme}${parts.map(encodePart).join(":")}${rest.slice(at)}`;
}

function encodePart(text: string): string {
  const percents = /%(?![0-9a-f]{2})/i.test(text) ? text.replaceAll("%", "%25") : text;
  return percents.replaceAll(/[^\w\-.~%!$&'()*+,;=]/gu, encodeURIComponent);
}

/** The user name and password of an address, decoded, as `user:password`. Undefined without any. */
export function userInfo({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
}
