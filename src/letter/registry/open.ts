import { Fault, InputError } from '../../core/model/errors.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'
import { openDatabase, type RegistryDatabase, type RegistryPlace } from '../../store/registry/database.ts'
import { acceptSignatures, confirmToken, destroyPart } from './accept-signatures.ts'
import { appendLeaves, countLeaves, isConfirmedMailbox, putLetter } from './append-leaves.ts'
import type { LeafAct, LetterRow, LetterStore, SignatureFilter, SignatureRow, TokenRow } from './contract.ts'
import { decodeLetter, decodeSignature, decodeTally, plainBytes, type TallyRow } from './decode-signature.ts'
import { inParts } from '../../store/registry/rows.ts'
import {
  dropSignatures,
  expireSignatures,
  findSignature,
  findSignatures,
  type SignatureKey,
} from './find-signatures.ts'
import { LETTERS, type LetterTables } from './tables.ts'

/** Leaves that are read at once. */
const LEAF_PAGE = 1000
const ERASES = { erases: true } as const

/**
 * Opens the registry of a letter service, and brings its tables to the newest version. Throws Fault where the database
 * cannot be used, is held by another process or is newer than this program.
 */
export async function openLetterStore(where: RegistryPlace): Promise<LetterStore> {
  const database = await openDatabase<LetterTables>(where, LETTERS)
  try {
    return new KyselyLetterStore(database, await database.calls.read(countLeaves))
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

class KyselyLetterStore implements LetterStore {
  readonly #database: RegistryDatabase<LetterTables>
  #size: number

  constructor(database: RegistryDatabase<LetterTables>, size: number) {
    this.#database = database
    this.#size = size
  }

  async letters(): Promise<readonly LetterRow[]> {
    const rows = await this.#database.calls.read((db) =>
      db.selectFrom('letters').selectAll().orderBy('letter').orderBy('version').execute(),
    )
    return rows.map(decodeLetter)
  }

  async letter(id: string): Promise<LetterRow | undefined> {
    const row = await this.#database.calls.read((db) =>
      db
        .selectFrom('letters')
        .selectAll()
        .where('letter', '=', id)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst(),
    )
    return row === undefined ? undefined : decodeLetter(row)
  }

  async saveDraft(row: LetterRow): Promise<void> {
    if (row.state !== 'draft') throw new Fault(`Cannot save letter ${row.letter}: it is no draft`)
    await this.#database.calls.write(async (db) => {
      const known = await db
        .selectFrom('letters')
        .select('state')
        .where('letter', '=', row.letter)
        .where('version', '=', row.version)
        .executeTakeFirst()
      if (known !== undefined && known.state !== 'draft')
        throw new InputError(`Cannot save letter ${row.letter}: version ${row.version} is published`, {
          code: 'letter.published',
          path: 'version',
          expected: 'a version that was not published yet',
        })
      await putLetter(db, row)
    })
  }

  async accept(signatures: readonly SignatureRow[], tokens: readonly TokenRow[]): Promise<ReadonlySet<Sha256>> {
    if (signatures.length === 0) return new Set()
    return this.#database.calls.write((db) => acceptSignatures(db, signatures, tokens))
  }

  async addToken({ token, ct, expiresAt }: TokenRow): Promise<void> {
    await this.#database.calls.write((db) =>
      db.insertInto('tokens').values({ token, ct, expires_at: expiresAt }).execute(),
    )
  }

  async token(token: Sha256, now: Instant): Promise<SignatureRow | undefined> {
    return this.#one({ kind: 'token', token, now })
  }

  async confirm(token: Sha256, now: Instant): Promise<'confirmed' | 'known' | 'none'> {
    return this.#database.calls.write((db) => confirmToken(db, token, now))
  }

  async isConfirmed(letter: string, mailbox: string): Promise<boolean> {
    return this.#database.calls.read((db) => isConfirmedMailbox(db, letter, mailbox))
  }

  async signature(ct: Sha256): Promise<SignatureRow | undefined> {
    return this.#one({ kind: 'ct', ct })
  }

  async byReceipt(receipt: Sha256): Promise<SignatureRow | undefined> {
    return this.#one({ kind: 'receipt', receipt })
  }

  async #one(by: SignatureKey): Promise<SignatureRow | undefined> {
    const row = await this.#database.calls.read((db) => findSignature(db, by))
    return row === undefined ? undefined : decodeSignature(row)
  }

  async find(
    filter: SignatureFilter,
    page: { readonly most: number; readonly after?: Sha256 },
  ): Promise<readonly SignatureRow[]> {
    const rows = await this.#database.calls.read((db) => findSignatures(db, filter, page))
    return rows.map(decodeSignature)
  }

  async tally(letter: string): Promise<readonly TallyRow[]> {
    const rows = await this.#database.calls.read((db) =>
      db
        .selectFrom('signatures')
        .select(['state', 'tier', 'region', 'reason'])
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('letter', '=', letter)
        .groupBy(['state', 'tier', 'region', 'reason'])
        .execute(),
    )
    return rows.map(decodeTally)
  }

  /** Rows that are neither `pending` nor `held` are passed over: what counts changes only by a leaf. */
  async setState(cts: readonly Sha256[], state: 'pending' | 'held', held: string | null): Promise<void> {
    if (cts.length === 0) return
    await this.#database.calls.write(async (db) => {
      for (const some of inParts(cts))
        await db
          .updateTable('signatures')
          .set({ state, held: state === 'held' ? held : null })
          .where('ct', 'in', some)
          .where('state', 'in', ['pending', 'held'])
          .execute()
    })
  }

  async drop(cts: readonly Sha256[]): Promise<number> {
    if (cts.length === 0) return 0
    return this.#database.calls.write((db) => dropSignatures(db, cts), ERASES)
  }

  async expire(before: Instant): Promise<number> {
    return this.#database.calls.write((db) => expireSignatures(db, before), ERASES)
  }

  get size(): number {
    return this.#size
  }

  async append(acts: readonly LeafAct[]): Promise<number> {
    if (acts.length === 0) return this.#size
    const erases = acts.some(({ change }) => change?.kind === 'void' && change.erase)
    const first = await this.#database.calls.write((db) => appendLeaves(db, acts), { erases })
    this.#size = Math.max(this.#size, first + acts.length)
    return first
  }

  async leaf(index: number): Promise<Uint8Array | undefined> {
    const row = await this.#database.calls.read((db) =>
      db.selectFrom('leaves').select('leaf').where('nth', '=', index).executeTakeFirst(),
    )
    return row === undefined ? undefined : plainBytes(row.leaf)
  }

  async *leaves(from: number, until: number): AsyncIterable<Uint8Array> {
    for (let at = from; at < Math.min(until, this.#size);) {
      const end = Math.min(at + LEAF_PAGE, until, this.#size)
      const start = at
      const rows = await this.#database.calls.read((db) =>
        db.selectFrom('leaves').selectAll().where('nth', '>=', start).where('nth', '<', end).orderBy('nth').execute(),
      )
      for (const { nth, leaf } of rows) {
        if (nth !== at) throw new Fault(`Cannot read registry: leaf ${at} is missing`)
        yield plainBytes(leaf)
        at++
      }
      if (at !== end) throw new Fault(`Cannot read registry: leaf ${at} is missing`)
    }
  }

  async destroy(letter: string): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const behind: string = after
      after = await this.#database.calls.write((db) => destroyPart(db, letter, behind))
    }
    await this.#database.rewrite()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]()
  }
}
