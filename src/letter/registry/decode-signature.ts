import {
  SIGNATURE_STATES,
  TIERS,
  VOID_REASONS,
  type SignatureState,
  type SignatureTier,
  type VoidReason,
} from '../core/letter.ts'
import { REGIONS, type Region } from '../../core/model/region.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { parseWord } from '../../store/registry/rows.ts'
import type { LetterRow, SignatureRow } from './contract.ts'
import type { LetterTables } from './tables.ts'

const LETTER_STATES = ['draft', 'open', 'closed', 'destroyed'] as const satisfies readonly LetterRow['state'][]

export const decodeLetter = (row: LetterTables['letters']): LetterRow => ({
  ...row,
  state: parseWord(LETTER_STATES, row.state),
})

/** A row of `signatures` with what was sealed, null where there is none. */
export type FoundSignature = LetterTables['signatures'] & { readonly bytes: Uint8Array | null }

export const decodeSignature = (row: FoundSignature): SignatureRow => ({
  ct: parseSha256(row.ct),
  letter: row.letter,
  version: row.version,
  tier: parseWord(TIERS, row.tier),
  state: parseWord(SIGNATURE_STATES, row.state),
  region: parseWord(REGIONS, row.region),
  hour: row.hour,
  sealed: row.bytes === null ? null : plainBytes(row.bytes),
  receipt: row.receipt === null ? null : parseSha256(row.receipt),
  mailbox: row.mailbox,
  leaf: row.leaf,
  reason: row.reason === null ? null : parseWord(VOID_REASONS, row.reason),
  held: row.held,
})

export const encodeSignatureRow = (row: SignatureRow): LetterTables['signatures'] => ({
  ct: row.ct,
  letter: row.letter,
  version: row.version,
  tier: row.tier,
  state: row.state,
  region: row.region,
  hour: row.hour,
  receipt: row.receipt,
  mailbox: row.mailbox,
  leaf: row.leaf,
  reason: row.reason,
  held: row.held,
})

/** The driver of PostgreSQL gives bytes as a `Buffer`, which compares and prints otherwise. */
export const plainBytes = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export interface TallyRow {
  readonly state: SignatureState
  readonly tier: SignatureTier
  readonly region: Region
  readonly reason: VoidReason | null
  readonly count: number
}

export const decodeTally = (row: {
  readonly state: string
  readonly tier: string
  readonly region: string
  readonly reason: string | null
  readonly count: number
}): TallyRow => ({
  state: parseWord(SIGNATURE_STATES, row.state),
  tier: parseWord(TIERS, row.tier),
  region: parseWord(REGIONS, row.region),
  reason: row.reason === null ? null : parseWord(VOID_REASONS, row.reason),
  count: row.count,
})
