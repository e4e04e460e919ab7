/** Names of tunnel protocols as their makers write them; the words of data are in lower case. */
const NAMES: Readonly<Record<string, string>> = {
  openvpn: 'OpenVPN',
  wireguard: 'WireGuard',
  tor: 'Tor',
  snowflake: 'Snowflake',
  psiphon: 'Psiphon',
  stun: 'STUN',
}

/** `WireGuard` for `wireguard`; a protocol of no known name as it is written. */
export const protocolName = (word: string): string => (Object.hasOwn(NAMES, word) ? (NAMES[word] ?? word) : word)
