/** The next step for a refused certificate, by the system's error code. Undefined where the general advice fits. */
export function certificateHint(code: string | undefined): string | undefined {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return "The server's certificate has expired. Check this machine's date and time first. Other causes are a login page of the network, or a mirror with an old certificate.";
    case "CERT_NOT_YET_VALID":
      return "The server's certificate is not valid yet: this machine's clock is behind. Set date and time, and run the command again.";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return "The certificate belongs to another host. Check the host name in HF_ENDPOINT. A login page of the network, or a proxy, may answer in the Hub's place.";
    default:
      return undefined;
  }
}

/** The next step when the Hub answers but its file host does not. */
export function storageHint(host: string, reason: unknown): string {
  if (reason === "no-answer") {
    return `${host} takes long before its first byte: raise HF_HUB_DOWNLOAD_TIMEOUT (seconds), or run the command again later.`;
  }
  return `The Hub answers, ${host}, where it keeps its files, does not: let firewall and proxy allow that host (the Hub's are *.hf.co), or name an \`endpoint\` that serves files itself.`;
}
