import type { Kysely, Transaction } from 'kysely'
import type { SignatureState } from '../core/letter.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'
import { inParts } from '../../store/registry/rows.ts'
import type { SignatureFilter } from './contract.ts'
import type { FoundSignature } from './decode-signature.ts'
import type { LetterTables } from './tables.ts'

/** States of signatures that never counted. */
const UNCOUNTED = ['awaiting', 'pending', 'held'] as const satisfies readonly SignatureState[]

/** Signatures with what was sealed of them. */
const signaturesWith = (db: Kysely<LetterTables>) =>
  db
    .selectFrom('signatures')
    .leftJoin('sealed', 'sealed.ct', 'signatures.ct')
    .selectAll('signatures')
    .select('sealed.bytes')

/** By what one signature is asked for. */
export type SignatureKey =
  | { readonly kind: 'ct'; readonly ct: Sha256 }
  | { readonly kind: 'receipt'; readonly receipt: Sha256 }
  | { readonly kind: 'token'; readonly token: Sha256; readonly now: Instant }

/** One signature, or undefined. Where two brought the same receipt, it is that of the first `ct`. */
export async function findSignature(db: Kysely<LetterTables>, by: SignatureKey): Promise<FoundSignature | undefined> {
  const all = signaturesWith(db)
  switch (by.kind) {
    case 'ct':
      return all.where('signatures.ct', '=', by.ct).executeTakeFirst()
    case 'receipt':
      return all.where('receipt', '=', by.receipt).orderBy('signatures.ct').limit(1).executeTakeFirst()
    case 'token':
      return all
        .innerJoin('tokens', 'tokens.ct', 'signatures.ct')
        .where('token', '=', by.token)
        .where('expires_at', '>', by.now)
        .executeTakeFirst()
  }
}

/** Signatures that a filter lets through, in the order of their `ct`. */
export async function findSignatures(
  db: Kysely<LetterTables>,
  { letter, state, tier, region, held, hours, mailbox }: SignatureFilter,
  { most, after }: { readonly most: number; readonly after?: Sha256 },
): Promise<readonly FoundSignature[]> {
  let query = signaturesWith(db).where('letter', '=', letter)
  if (state !== undefined) query = query.where('state', '=', state)
  if (tier !== undefined) query = query.where('tier', '=', tier)
  if (region !== undefined) query = query.where('region', '=', region)
  if (held !== undefined) query = query.where('held', '=', held)
  if (mailbox !== undefined) query = query.where('mailbox', '=', mailbox)
  if (hours !== undefined) query = query.where('hour', '>=', hours.since).where('hour', '<', hours.until)
  if (after !== undefined) query = query.where('signatures.ct', '>', after)
  return query.orderBy('signatures.ct').limit(most).execute()
}

/** Removes signatures that never counted, with what was sealed of them and their tokens; gives how many. */
export async function dropSignatures(db: Transaction<LetterTables>, cts: readonly Sha256[]): Promise<number> {
  let dropped = 0n
  for (const some of inParts(cts)) {
    const { numDeletedRows } = await db
      .deleteFrom('signatures')
      .where('ct', 'in', some)
      .where('state', 'in', UNCOUNTED)
      .executeTakeFirst()
    dropped += numDeletedRows
  }
  return Number(dropped)
}

/**
 * Removes what awaits confirmation since before a time, and tokens that expired before it; gives how many signatures.
 */
export async function expireSignatures(db: Transaction<LetterTables>, before: Instant): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('signatures')
    .where('state', '=', 'awaiting' satisfies SignatureState)
    .where('hour', '<', before)
    .executeTakeFirst()
  await db.deleteFrom('tokens').where('expires_at', '<', before).execute()
  return Number(numDeletedRows)
}
