import { createHash } from 'node:crypto'
import { REGIONS } from '../../../src/core/model/region.ts'
import { instant, parseSha256, type Instant, type Sha256 } from '../../../src/core/model/units.ts'
import type { LeafAct, SignatureRow, TokenRow } from '../../../src/letter/registry/contract.ts'

/** A digest that a name stands for. */
export const sha = (name: string): Sha256 => parseSha256(createHash('sha256').update(name).digest('hex'))

/** A made signature named by `name`; its region follows from the name. */
export const signatureRow = (name: string, given: Partial<SignatureRow> = {}): SignatureRow => ({
  ct: sha(name),
  letter: 'open-net',
  version: 1,
  tier: 'claimed',
  state: 'pending',
  region: REGIONS[name.length % REGIONS.length] ?? 'abroad',
  hour: 3_600_000,
  sealed: Buffer.from(`sealed of ${name} `.repeat(40)),
  receipt: sha(`receipt of ${name}`),
  mailbox: null,
  leaf: null,
  reason: null,
  held: null,
  ...given,
})

/** One that waits for its mailbox. */
export const awaitingRow = (name: string, mailbox: string, given: Partial<SignatureRow> = {}): SignatureRow =>
  signatureRow(name, { tier: 'mail', state: 'awaiting', mailbox, ...given })

export const tokenRow = (name: string, expiresAt: Instant = instant(1e12), nth = 0): TokenRow => ({
  token: sha(`token ${nth} of ${name}`),
  ct: sha(name),
  expiresAt,
})

export const leafOf = (text: string): Uint8Array => new TextEncoder().encode(`{"leaf":"${text}"}`)

export const countAct = (name: string): LeafAct => ({
  leaf: leafOf(`count ${name}`),
  change: { kind: 'count', ct: sha(name) },
})

export const voidAct = (name: string, erase = false): LeafAct => ({
  leaf: leafOf(`void ${name}`),
  change: { kind: 'void', ct: sha(name), reason: erase ? 'withdrawn' : 'forged', erase },
})

export const restoreAct = (name: string): LeafAct => ({
  leaf: leafOf(`restore ${name}`),
  change: { kind: 'restore', ct: sha(name) },
})
