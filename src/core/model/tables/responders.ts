import { z } from 'zod'
import { addressFamily } from '../address.ts'
import { InputError } from '../errors.ts'
import { portSchema } from '../port.ts'

/**
 * Servers of ours abroad that answer tunnel protocols to every client, as their operator publishes them
 * (docs/methods/tunnels.md). Keys are 32 bytes, read from and written as base64.
 */
export interface Responders {
  /** Where all of them listen. */
  readonly address: string
  readonly openvpn: { readonly udp: number; readonly tcp: number }
  readonly wireguard: { readonly port: number; readonly publicKey: Uint8Array }
  readonly tor: { readonly port: number }
  /** Under which a shaped question and its answer carry a code, so that both know the other is ours. */
  readonly shapedKey: Uint8Array
}

export const RESPONDERS_FORMAT = 'kuager-responders/1'
/** A description longer than this is refused. */
export const MOST_RESPONDERS_BYTES = 4096

const key = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/)
  .transform((text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))

const schema = z.object({
  format: z.literal(RESPONDERS_FORMAT),
  address: z.string().refine((text) => addressFamily(text) !== undefined),
  openvpn: z.object({ udp: portSchema, tcp: portSchema }),
  wireguard: z.object({ port: portSchema, public_key: key }),
  tor: z.object({ port: portSchema }),
  shaped_key: key,
})

/** Reads `responders.json`; throws InputError that names the place for anything else. */
export function parseResponders(text: string): Responders {
  if (text.length > MOST_RESPONDERS_BYTES) throw refused('', `at most ${MOST_RESPONDERS_BYTES} bytes`)
  const read = schema.safeParse(parseJson(text))
  if (!read.success) {
    const issue = read.error.issues[0]
    throw refused(issue?.path.map((part) => `/${String(part)}`).join('') ?? '', issue?.message ?? 'a description')
  }
  const { address, openvpn, wireguard, tor, shaped_key: shapedKey } = read.data
  return { address, openvpn, wireguard: { port: wireguard.port, publicKey: wireguard.public_key }, tor, shapedKey }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refused('', 'JSON')
  }
}

const refused = (path: string, expected: string): InputError =>
  new InputError(`Cannot read responders: found something else at "${path}"`, {
    code: 'responders.invalid',
    path,
    expected,
  })

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** The form of `responders.json`. */
export type RespondersDocument = z.input<typeof schema>

/** What a control publishes and a probe's `responders.json` holds. */
export const encodeResponders = ({ address, openvpn, wireguard, tor, shapedKey }: Responders): RespondersDocument => ({
  format: RESPONDERS_FORMAT,
  address,
  openvpn,
  wireguard: { port: wireguard.port, public_key: base64(wireguard.publicKey) },
  tor,
  shaped_key: base64(shapedKey),
})
