import { defined } from './defined.ts'

/**
 * What a collector knows of the sender of a measurement (docs/formats/collector.md, "Standing"). `enrolled`: a key that
 * the operator invited. `known`: a key seen for a week from the network it claims. `new`: any other signed measurement.
 * `unsigned`: no valid signature. `mismatched`: the claimed network is not the sender's, or not the key's. `revoked`: it
 * counted when it came, and the operator took that back.
 */
export const STANDINGS = ['enrolled', 'known', 'new', 'unsigned', 'mismatched', 'revoked'] as const
export type Standing = (typeof STANDINGS)[number]

/** Standings whose measurements count in what is published; the others are excluded and their number is shown. */
export const COUNTED_STANDINGS = ['enrolled', 'known'] as const satisfies readonly Standing[]

export interface SubmittedBy {
  readonly standing: Standing
  /** First 16 hexadecimal digits of SHA-256 of the public key; absent where nothing valid was signed. */
  readonly pseudonym?: string
  /** Label of the device behind the key (src/core/model/device.ts): never published. Absent where nothing counts by it. */
  readonly device?: string
  /** Mark of the edge that received it (docs/formats/import.md): never published. Absent where this server did. */
  readonly edge?: string
}

/**
 * The origin of a submitted measurement, durable with its bytes: `known:3f2a90c1d2e4b5a6:d00112233445566`, or without the
 * label of a device, such as `unsigned:`. What an edge received ends with the mark of that edge: `new:3f2a90c1d2e4b5a6:e01234567`.
 */
export const formatSubmittedBy = ({ standing, pseudonym = '', device, edge }: SubmittedBy): string =>
  [`${standing}:${pseudonym}`, device, edge].filter((part) => part !== undefined).join(':')

/** Reads the origin of a measurement of the channel `collector`; undefined for any other text. */
export function parseSubmittedBy(origin: string): SubmittedBy | undefined {
  const match = /^([a-z]+):([0-9a-f]{16})?(?::(d[0-9a-f]{16}))?(?::(e[0-9a-f]{8}))?$/.exec(origin)
  const standing = STANDINGS.find((known) => known === match?.[1])
  if (match === null || standing === undefined) return undefined
  const [, , pseudonym, device, edge] = match
  return { standing, ...defined({ pseudonym, device, edge }) }
}
