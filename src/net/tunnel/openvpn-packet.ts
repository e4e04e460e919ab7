/**
 * The first packets of OpenVPN's control channel without tls-auth or tls-crypt. Source: openvpn's network protocol
 * documentation (doxygen, "External packet format") and doc/openvpn-rfc of the project.
 */
export const CLIENT_RESET_LENGTH = 14
export const SERVER_RESET_LENGTH = 26
/** Opcode in the upper five bits, key id 0 in the lower three. */
const CLIENT_RESET_V2 = 7 << 3
const SERVER_RESET_V2 = 8 << 3
export const SESSION_ID = 8

/** P_CONTROL_HARD_RESET_CLIENT_V2: session id, no acknowledgements, packet 0. */
export const clientReset = (sessionId: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(CLIENT_RESET_V2), sessionId, Buffer.alloc(5)])

/** Session id of a client's reset that is well-formed, of a stock client or ours; undefined for anything else. */
export function readClientReset(packet: Buffer): Buffer | undefined {
  if (packet.length !== CLIENT_RESET_LENGTH || packet[0] !== CLIENT_RESET_V2) return undefined
  return packet.readUIntBE(9, 5) === 0 ? packet.subarray(1, 1 + SESSION_ID) : undefined
}

/** P_CONTROL_HARD_RESET_SERVER_V2: own session id, packet 0 of the client acknowledged, packet 0. */
export const serverReset = (own: Uint8Array, client: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(SERVER_RESET_V2), own, Buffer.of(1), Buffer.alloc(4), client, Buffer.alloc(4)])

/** Whether a packet is a server's reset that acknowledges our packet 0 under our session id. */
export function isServerReset(packet: Buffer, client: Uint8Array): boolean {
  if (packet.length < SERVER_RESET_LENGTH || packet[0] !== SERVER_RESET_V2) return false
  const count = packet[9]! // long enough by the condition before
  const acknowledged = 10 + count * 4
  if (count < 1 || count > 8 || packet.length < acknowledged + SESSION_ID + 4) return false
  const numbers = Array.from({ length: count }, (_, nth) => packet.readUInt32BE(10 + nth * 4))
  return numbers.includes(0) && packet.subarray(acknowledged, acknowledged + SESSION_ID).equals(client)
}

/** Over TCP each packet stands behind its length in two bytes. */
export const framed = (packet: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(packet.length >> 8, packet.length & 255), packet])

/** The first packet of a stream, where it has come whole. */
export function firstFramed(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 2) return undefined
  const length = bytes.readUInt16BE(0)
  return bytes.length < 2 + length ? undefined : bytes.subarray(2, 2 + length)
}
