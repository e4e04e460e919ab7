/**
 * What a collector knows of the sender of a measurement (docs/formats/collector.md, "Standing"). `enrolled`: a key that
 * the operator invited. `known`: a key seen for a week from the network it claims. `new`: any other signed measurement.
 * `unsigned`: no valid signature. `mismatched`: the claimed network is not the sender's, or not the key's.
 */
export const STANDINGS = ['enrolled', 'known', 'new', 'unsigned', 'mismatched'] as const
export type Standing = (typeof STANDINGS)[number]

/** Standings whose measurements count in what is published; the others are kept apart and counted beside. */
export const COUNTED_STANDINGS = ['enrolled', 'known'] as const satisfies readonly Standing[]

export interface SubmittedBy {
  readonly standing: Standing
  /** First 16 hexadecimal digits of SHA-256 of the public key; absent where nothing valid was signed. */
  readonly pseudonym?: string
}

/** The origin of a submitted measurement, such as `known:3f2a90c1d2e4b5a6` or `unsigned:`: durable with its bytes. */
export const formatSubmittedBy = ({ standing, pseudonym = '' }: SubmittedBy): string => `${standing}:${pseudonym}`

/** Reads the origin of a measurement of the channel `collector`; undefined for a text that is none. */
export function parseSubmittedBy(origin: string): SubmittedBy | undefined {
  const match = /^([a-z]+):([0-9a-f]{16})?$/.exec(origin)
  const standing = STANDINGS.find((known) => known === match?.[1])
  if (match === null || standing === undefined) return undefined
  return match[2] === undefined ? { standing } : { standing, pseudonym: match[2] }
}
