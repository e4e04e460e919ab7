import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { addressFamily } from '../../core/model/address.ts'

const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 255)
/** A vector with a length of one byte, of two bytes: RFC 8446 §3.4. */
const vector8 = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.of(bytes.length), bytes])
const vector16 = (bytes: Uint8Array): Buffer => Buffer.concat([u16(bytes.length), bytes])
const extension = (type: number, body: Uint8Array): Buffer => Buffer.concat([u16(type), vector16(body)])
const parameter = (id: number, value: Uint8Array): Buffer => Buffer.concat([Buffer.of(id), vector8(value)])

/** The name as a ClientHello may carry it: an address is none, RFC 6066 §3. */
export const sentName = (name: string | undefined): string | undefined =>
  name === undefined || addressFamily(name) !== undefined ? undefined : name

const X25519 = 0x001d
const SIGNATURES = Buffer.from('040308040401050308050501080606010807', 'hex')
const SUITES = Buffer.from('130113021303', 'hex')

/**
 * A ClientHello of TLS 1.3 for QUIC, RFC 8446 §4.1.2 and RFC 9001 §8: the name, ALPN h3, one X25519 key share whose
 * private half is thrown away (the handshake is not completed), and transport parameters.
 */
export function quicHello(options: { readonly serverName: string | undefined; readonly sourceId: Uint8Array }): Buffer {
  const share = generateKeyPairSync('x25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
  const name = options.serverName === undefined ? undefined : Buffer.from(options.serverName, 'latin1')
  const extensions = Buffer.concat([
    ...(name === undefined ? [] : [extension(0, vector16(Buffer.concat([Buffer.of(0), vector16(name)])))]),
    extension(10, vector16(u16(X25519))),
    extension(13, vector16(SIGNATURES)),
    extension(16, vector16(vector8(Buffer.from('h3')))),
    extension(43, vector8(u16(0x0304))),
    extension(45, Buffer.of(1, 1)),
    extension(51, vector16(Buffer.concat([u16(X25519), vector16(share)]))),
    extension(
      0x39,
      Buffer.concat([
        parameter(0x0f, options.sourceId), // initial_source_connection_id
        parameter(0x04, Buffer.from('80100000', 'hex')), // initial_max_data
        parameter(0x05, Buffer.from('80010000', 'hex')), // initial_max_stream_data_bidi_local
        parameter(0x07, Buffer.from('80010000', 'hex')), // initial_max_stream_data_uni
        parameter(0x09, Buffer.of(8)), // initial_max_streams_uni: a server of HTTP/3 opens three, RFC 9114 §6.2
      ]),
    ),
  ])
  const body = Buffer.concat([
    u16(0x0303),
    randomBytes(32),
    vector8(Buffer.alloc(0)),
    vector16(SUITES),
    Buffer.of(1, 0),
    vector16(extensions),
  ])
  return Buffer.concat([Buffer.of(1, 0), u16(body.length), body])
}
