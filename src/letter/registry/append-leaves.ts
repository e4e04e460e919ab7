import type { Kysely, Transaction } from 'kysely'
import { Fault } from '../../core/model/errors.ts'
import type { SignatureState, VoidReason } from '../core/letter.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { inParts } from '../../store/registry/rows.ts'
import type { LeafAct, LetterRow } from './contract.ts'
import type { LetterTables } from './tables.ts'

type Letters = Transaction<LetterTables>
/** States of a signature whose mailbox, where it has one, has confirmed it. */
const CONFIRMED = ['pending', 'held', 'counted'] as const satisfies readonly SignatureState[]
type Change = NonNullable<LeafAct['change']>

/** Number of leaves that a database holds. */
export async function countLeaves(db: Kysely<LetterTables>): Promise<number> {
  const row = await db.selectFrom('leaves').select('nth').orderBy('nth', 'desc').limit(1).executeTakeFirst()
  return row === undefined ? 0 : row.nth + 1
}

/**
 * Appends leaves behind the last one and changes rows with them; gives the index of the first. Throws Fault where a row
 * is not in the state that its change starts from; nothing of the call is kept then.
 */
export async function appendLeaves(db: Letters, acts: readonly LeafAct[]): Promise<number> {
  const first = await countLeaves(db)
  for (const some of inParts(acts.map(({ leaf }, nth) => ({ nth: first + nth, leaf }))))
    await db.insertInto('leaves').values(some).execute()
  for (const [nth, { change }] of acts.entries()) if (change !== undefined) await makeChange(db, change, first + nth)
  return first
}

async function makeChange(db: Letters, change: Change, leaf: number): Promise<void> {
  switch (change.kind) {
    case 'letter':
      return saveLetter(db, change.row)
    case 'count': {
      const counted = { state: 'counted' satisfies SignatureState, leaf, held: null }
      const done = await db
        .updateTable('signatures')
        .set(counted)
        .where('ct', '=', change.ct)
        .where('state', '=', 'pending' satisfies SignatureState)
        .executeTakeFirst()
      return demand(done.numUpdatedRows, `count signature ${change.ct}: it is not pending`)
    }
    case 'void': {
      const { ct, reason, erase } = change
      const done = await db
        .updateTable('signatures')
        .set({ state: 'void' satisfies SignatureState, reason, ...(erase ? { mailbox: null, hour: null } : {}) })
        .where('ct', '=', ct)
        .where('state', 'in', ['counted', ...(erase ? (['void'] as const) : [])] satisfies SignatureState[])
        .executeTakeFirst()
      demand(done.numUpdatedRows, `remove signature ${ct}: it does not count`)
      if (!erase) return
      await db.deleteFrom('sealed').where('ct', '=', ct).execute()
      await db.deleteFrom('tokens').where('ct', '=', ct).execute()
      return
    }
    case 'restore':
      return restore(db, change.ct)
  }
}

async function restore(db: Letters, ct: Sha256): Promise<void> {
  const row = await db
    .selectFrom('signatures')
    .innerJoin('sealed', 'sealed.ct', 'signatures.ct')
    .select(['letter', 'mailbox'])
    .where('signatures.ct', '=', ct)
    .where('state', '=', 'void' satisfies SignatureState)
    .where('reason', '!=', 'withdrawn' satisfies VoidReason)
    .executeTakeFirst()
  if (row === undefined) throw new Fault(`Cannot restore signature ${ct}: it is not void, or was withdrawn or erased`)
  if (row.mailbox !== null && (await isConfirmedMailbox(db, row.letter, row.mailbox)))
    throw new Fault(`Cannot restore signature ${ct}: its mailbox has signed again`)
  await db
    .updateTable('signatures')
    .set({ state: 'counted' satisfies SignatureState, reason: null })
    .where('ct', '=', ct)
    .execute()
}

/** Whether a signature of this mailbox is confirmed and not void. */
export async function isConfirmedMailbox(db: Kysely<LetterTables>, letter: string, mailbox: string): Promise<boolean> {
  const row = await db
    .selectFrom('signatures')
    .select('ct')
    .where('letter', '=', letter)
    .where('mailbox', '=', mailbox)
    .where('state', 'in', CONFIRMED)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** A version that was published keeps its words: only its state changes. */
async function saveLetter(db: Letters, row: LetterRow): Promise<void> {
  const known = await db
    .selectFrom('letters')
    .select(['document', 'state'])
    .where('letter', '=', row.letter)
    .where('version', '=', row.version)
    .executeTakeFirst()
  if (known !== undefined && known.state !== 'draft' && known.document !== row.document)
    throw new Fault(`Cannot publish letter ${row.letter}: version ${row.version} was published with other words`)
  await putLetter(db, row)
}

/** Keeps a version in place of what was there. */
export async function putLetter(db: Letters, { letter, version, document, state }: LetterRow): Promise<void> {
  await db
    .insertInto('letters')
    .values({ letter, version, document, state })
    .onConflict((same) => same.columns(['letter', 'version']).doUpdateSet({ document, state }))
    .execute()
}

function demand(changed: bigint, what: string): void {
  if (changed !== 1n) throw new Fault(`Cannot ${what}`)
}
