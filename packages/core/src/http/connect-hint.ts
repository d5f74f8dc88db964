/** What to do about a certificate that is refused, by the system's code; undefined where the general advice fits. */
export function certificateHint(code: string | undefined): string | undefined {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return "The server's certificate has expired. Look at this machine's date and time first; a login page of the network, or a mirror that nobody renewed, are the other causes.";
    case "CERT_NOT_YET_VALID":
      return "The server's certificate is not valid yet: this machine's clock is behind. Set date and time, and run the command again.";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return "The certificate belongs to another host. Check the host name in HF_ENDPOINT; a login page of the network, or a proxy, may answer in the Hub's place.";
    default:
      return undefined;
  }
}

/** What to do when the Hub answers and the host it sends files from does not. */
export function storageHint(host: string, reason: unknown): string {
  if (reason === "no-answer") {
    return `${host} takes long before its first byte: raise HF_HUB_DOWNLOAD_TIMEOUT (seconds), or run the command again later.`;
  }
  return `The Hub answers, ${host}, where it keeps its files, does not: let firewall and proxy allow that host (the Hub's are *.hf.co), or name an --endpoint that serves files itself.`;
}
