import type { Transaction } from 'kysely'
import { Fault } from '../../core/model/errors.ts'
import type { SignatureState } from '../core/letter.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'
import { inParts } from '../../store/registry/rows.ts'
import { isConfirmedMailbox } from './append-leaves.ts'
import type { SignatureRow, TokenRow } from './contract.ts'
import { encodeSignatureRow } from './decode-signature.ts'
import type { LetterTables } from './tables.ts'

type Letters = Transaction<LetterTables>

/** So many that a transaction stays in memory and others wait only briefly. */
const DESTROYED_AT_ONCE = 2000

/**
 * Keeps signatures that are not here yet, with their tokens; gives their names. A token of one that was here already is
 * not kept: a person who sends the ciphertext of another again must not confirm it.
 */
export async function acceptSignatures(
  db: Letters,
  signatures: readonly SignatureRow[],
  tokens: readonly TokenRow[],
): Promise<ReadonlySet<Sha256>> {
  const given = new Map(signatures.map((row) => [row.ct, row]))
  for (const { ct } of tokens)
    if (!given.has(ct)) throw new Fault(`Cannot accept signatures: a token is of ${ct}, which is not among them`)
  const kept = new Set<Sha256>()
  for (const some of inParts([...given.values()])) {
    const here = await db
      .selectFrom('signatures')
      .select('ct')
      .where(
        'ct',
        'in',
        some.map(({ ct }) => ct),
      )
      .execute()
    const known = new Set(here.map(({ ct }) => ct))
    const fresh = some.filter(({ ct }) => !known.has(ct))
    if (fresh.length === 0) continue
    await db.insertInto('signatures').values(fresh.map(encodeSignatureRow)).execute()
    const sealed = fresh.flatMap(({ ct, sealed: bytes }) => (bytes === null ? [] : [{ ct, bytes }]))
    if (sealed.length > 0) await db.insertInto('sealed').values(sealed).execute()
    for (const { ct } of fresh) kept.add(ct)
  }
  const theirs = tokens.filter(({ ct }) => kept.has(ct))
  for (const some of inParts(theirs))
    await db
      .insertInto('tokens')
      .values(some.map(({ token, ct, expiresAt }) => ({ token, ct, expires_at: expiresAt })))
      .execute()
  return kept
}

/** Uses a token up: see the contract. The token is gone in any case. */
export async function confirmToken(db: Letters, token: Sha256, now: Instant): Promise<'confirmed' | 'known' | 'none'> {
  const used = await db
    .deleteFrom('tokens')
    .where('token', '=', token)
    .where('expires_at', '>', now)
    .returning('ct')
    .executeTakeFirst()
  if (used === undefined) return 'none'
  const row = await db
    .selectFrom('signatures')
    .select(['letter', 'mailbox', 'state'])
    .where('ct', '=', used.ct)
    .executeTakeFirst()
  if (row === undefined || row.state === 'void') return 'none'
  if (row.state !== 'awaiting') return 'known' // by another mail of the same signature
  if (row.mailbox !== null && (await isConfirmedMailbox(db, row.letter, row.mailbox))) return 'known'
  await db
    .updateTable('signatures')
    .set({ state: 'pending' satisfies SignatureState })
    .where('ct', '=', used.ct)
    .execute()
  return 'confirmed'
}

/**
 * Destroys what was sealed of signatures of a letter behind `after`, and all that could lead to a person; `ct`, states
 * and leaves remain. Gives the last `ct` of this part, undefined where none was left.
 */
export async function destroyPart(db: Letters, letter: string, after: string): Promise<string | undefined> {
  const rows = await db
    .selectFrom('signatures')
    .select('ct')
    .where('letter', '=', letter)
    .where('ct', '>', after)
    .orderBy('ct')
    .limit(DESTROYED_AT_ONCE)
    .execute()
  const last = rows.at(-1)?.ct
  if (last === undefined) return undefined
  for (const some of inParts(rows.map(({ ct }) => ct))) {
    await db.deleteFrom('sealed').where('ct', 'in', some).execute()
    await db.deleteFrom('tokens').where('ct', 'in', some).execute()
    await db
      .updateTable('signatures')
      .set({ hour: null, receipt: null, mailbox: null, held: null })
      .where('ct', 'in', some)
      .execute()
  }
  return last
}
