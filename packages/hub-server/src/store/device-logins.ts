import { randomInt, randomUUID } from "node:crypto";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * The data that a device shows its user for confirmation (RFC 8628, section 3.2), times in seconds.
 * The Hub sends no interval, and a lifetime of 300 seconds for the code (recorded live 2026-09-26).
 */
export interface DeviceGrant {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly interval: number | undefined;
  readonly expiresIn: number;
}

/** The final answer to a device. */
export interface GrantedToken {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  /** Seconds: 28800 or 2591999 of the Hub. */
  readonly expiresIn?: number | undefined;
  /** Default `openid profile`. */
  readonly scope?: string | undefined;
}

/** Logins from devices that wait for a person in a browser. */
export interface DeviceLogins {
  start(): DeviceGrant;
  /** The token once a person agreed, or the error code of RFC 8628, section 3.5. */
  poll(deviceCode: string): GrantedToken | string;
  /** The next token for a refresh token, or the error code of RFC 6749, section 5.2. */
  refresh(refreshToken: string): GrantedToken | string;
  /**
   * The user types the code and agrees: the device gets this token. Does nothing for unknown codes.
   */
  approve(userCode: string, token: GrantedToken): void;
  /** The person types the code and refuses. */
  deny(userCode: string): void;
  /** What `refreshToken` is good for, once. */
  renew(refreshToken: string, token: GrantedToken): void;
}

/** Device logins kept in memory. Times are in seconds, as sent to clients. */
export function createDeviceLogins({
  interval,
  expiresIn = 300,
  now = Date.now,
}: {
  readonly interval?: number | undefined;
  readonly expiresIn?: number;
  readonly now?: () => number;
} = {}): DeviceLogins {
  interface Login extends DeviceGrant {
    readonly endsAt: number;
    outcome: GrantedToken | string;
  }
  const logins = new Map<string, Login>();
  const renewals = new Map<string, GrantedToken>();
  const settle = (userCode: string, outcome: GrantedToken | string): void => {
    for (const login of logins.values()) if (login.userCode === userCode) login.outcome = outcome;
  };
  return {
    start() {
      const deviceCode = randomUUID();
      const letters = Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]);
      const userCode = `${letters.join("")}-${String(randomInt(10_000)).padStart(4, "0")}`;
      const grant = { deviceCode, userCode, interval, expiresIn };
      const endsAt = now() + expiresIn * 1000;
      logins.set(deviceCode, { ...grant, endsAt, outcome: "authorization_pending" });
      return grant;
    },
    poll(deviceCode) {
      const login = logins.get(deviceCode);
      if (login === undefined) return "invalid_grant";
      if (now() >= login.endsAt) return "expired_token";
      if (login.outcome !== "authorization_pending") logins.delete(deviceCode);
      return login.outcome;
    },
    refresh(refreshToken) {
      const token = renewals.get(refreshToken) ?? "invalid_grant";
      renewals.delete(refreshToken);
      return token;
    },
    approve: settle,
    deny: (userCode) => settle(userCode, "access_denied"),
    renew: (refreshToken, token) => void renewals.set(refreshToken, token),
  };
}
