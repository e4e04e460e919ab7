import type { Kysely } from 'kysely'
import { MOST_REFUSALS } from '../../core/model/people/subscription.ts'
import { openDatabase, type RegistryDatabase, type RegistryPlace } from '../../store/registry/database.ts'
import { inParts, parseWord } from '../../store/registry/rows.ts'
import type {
  OutboxRow,
  PostRow,
  SubscriberRow,
  SubscriptionCounts,
  SubscriptionStore,
  ToldChange,
} from './contract.ts'
import { SUBSCRIPTIONS, type SubscriptionTables } from './tables.ts'

const ERASES = { erases: true } as const
const STATES = ['waiting', 'active'] as const satisfies readonly SubscriberRow['state'][]
const KINDS = ['confirm', 'news'] as const satisfies readonly OutboxRow['kind'][]
const POST_STATES = ['waiting', 'sent', 'given-up'] as const satisfies readonly PostRow['state'][]
const SUBSCRIBER = ['id', 'state', 'mailbox', 'expires', 'due', 'settled', 'refusals', 'sealed', 'told'] as const
const OUTBOX = ['id', 'subscriber', 'kind', 'since', 'next', 'tries', 'sealed'] as const

/**
 * Opens the registry of subscriptions, and brings its tables to the newest version. Throws Fault where the database
 * cannot be used, is held by another process or is newer than this program.
 */
export async function openSubscriptionStore(where: RegistryPlace): Promise<SubscriptionStore> {
  return new KyselySubscriptionStore(await openDatabase<SubscriptionTables>(where, SUBSCRIPTIONS))
}

class KyselySubscriptionStore implements SubscriptionStore {
  readonly #database: RegistryDatabase<SubscriptionTables>

  constructor(database: RegistryDatabase<SubscriptionTables>) {
    this.#database = database
  }

  async ask(row: SubscriberRow, mail: OutboxRow): Promise<void> {
    await this.#database.calls.write(async (db) => {
      await db
        .insertInto('subscribers')
        .values({ ...row, settled: Number(row.settled) })
        .execute()
      await db.insertInto('outbox').values(mail).execute()
    })
  }

  async waitingOf(mailbox: string): Promise<number> {
    return this.#database.calls.read((db) => countSubscribers(db, 'waiting', { mailbox }))
  }

  async sizes(): Promise<SubscriptionCounts> {
    return this.#database.calls.read(async (db) => {
      const outbox = await db
        .selectFrom('outbox')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return {
        active: await countSubscribers(db, 'active'),
        waiting: await countSubscribers(db, 'waiting'),
        outbox: outbox.count,
      }
    })
  }

  async find(id: string): Promise<SubscriberRow | undefined> {
    return this.#database.calls.read((db) => findRow(db, id))
  }

  async confirm(
    id: string,
    now: number,
    renew: (waiting: SubscriberRow, into: string) => Uint8Array,
  ): Promise<boolean> {
    return this.#database.calls.write(async (db) => {
      const row = await findRow(db, id)
      if (row === undefined) return false
      // Pressed twice.
      if (row.state === 'active') return true
      if (row.expires === null || row.expires <= now) return false
      const active = await db
        .selectFrom('subscribers')
        .select('id')
        .where('mailbox', '=', row.mailbox)
        .where('state', '=', 'active')
        .executeTakeFirst()
      // Requests of a mailbox that is known go into its row: links in mails that were sent stay those of one row.
      await db
        .deleteFrom('subscribers')
        .where('mailbox', '=', row.mailbox)
        .where('state', '=', 'waiting')
        .where('id', '!=', active === undefined ? id : '')
        .execute()
      await db
        .updateTable('subscribers')
        .set({ state: 'active', expires: null, due: null, settled: 0, refusals: 0 })
        .set(active === undefined ? {} : { sealed: renew(row, active.id) })
        .where('id', '=', active?.id ?? id)
        .execute()
      return true
    }, ERASES)
  }

  async remove(id: string): Promise<boolean> {
    return this.#database.calls.write(async (db) => removeRow(db, id), ERASES)
  }

  async active(after: string, most: number, dueBy?: number): Promise<readonly SubscriberRow[]> {
    const rows = await this.#database.calls.read((db) => {
      const all = db
        .selectFrom('subscribers')
        .select(SUBSCRIBER)
        .where('state', '=', 'active')
        .where('id', '>', after)
        .orderBy('id')
        .limit(most)
      if (dueBy === undefined) return all.execute()
      return all.where(({ eb, or }) => or([eb('due', '<=', dueBy), eb('settled', '=', 0)])).execute()
    })
    return rows.map(decodeSubscriber)
  }

  async note({ id, sealed, told, due }: ToldChange, mail?: OutboxRow): Promise<boolean> {
    return this.#database.calls.write(async (db) => {
      const changed = await db
        .updateTable('subscribers')
        .set({ told, due, settled: 1 })
        .where('id', '=', id)
        .where('state', '=', 'active')
        .$if(sealed !== undefined, (query) => query.where('sealed', '=', sealed ?? null))
        .executeTakeFirst()
      if (changed.numUpdatedRows === 0n) return false
      if (mail !== undefined) await db.insertInto('outbox').values(mail).execute()
      return true
    })
  }

  async outbox(now: number, most: number): Promise<readonly OutboxRow[]> {
    const rows = await this.#database.calls.read((db) =>
      db
        .selectFrom('outbox')
        .select(OUTBOX)
        .where('next', '<=', now)
        // News first: a flood of requests does not hold it up.
        .orderBy('kind', 'desc')
        .orderBy('next')
        .orderBy('id')
        .limit(most)
        .execute(),
    )
    return rows.map((row) => ({ ...row, kind: parseWord(KINDS, row.kind), sealed: new Uint8Array(row.sealed) }))
  }

  async sent({ id, subscriber }: Pick<OutboxRow, 'id' | 'subscriber'>): Promise<void> {
    await this.#database.calls.write(async (db) => {
      await db.deleteFrom('outbox').where('id', '=', id).execute()
      await db.updateTable('subscribers').set({ refusals: 0 }).where('id', '=', subscriber).execute()
    })
  }

  async tryAgain(id: string, next: number, tries: number): Promise<void> {
    await this.#database.calls.write(async (db) => {
      await db.updateTable('outbox').set({ next, tries }).where('id', '=', id).execute()
    })
  }

  async drop({ id, subscriber }: Pick<OutboxRow, 'id' | 'subscriber'>, refused: boolean): Promise<'kept' | 'erased'> {
    return this.#database.calls.write(async (db) => {
      const gone = await db.deleteFrom('outbox').where('id', '=', id).executeTakeFirst()
      const row = await findRow(db, subscriber)
      if (!refused || gone.numDeletedRows === 0n || row === undefined) return 'kept'
      const refusals = row.refusals + 1
      if (row.state === 'waiting' || refusals >= MOST_REFUSALS) {
        await removeRow(db, subscriber)
        return 'erased'
      }
      await db.updateTable('subscribers').set({ refusals }).where('id', '=', subscriber).execute()
      return 'kept'
    }, ERASES)
  }

  async forget(now: number): Promise<number> {
    const expired = await this.#database.calls.read((db) => countSubscribers(db, 'waiting', { expiredBy: now }))
    if (expired === 0) return 0
    return this.#database.calls.write(async (db) => {
      const gone = await db
        .deleteFrom('subscribers')
        .where('state', '=', 'waiting')
        .where('expires', '<=', now)
        .executeTakeFirst()
      return Number(gone.numDeletedRows)
    }, ERASES)
  }

  async channelSince(channel: string, now: number): Promise<number> {
    return this.#database.calls.write(async (db) => {
      await db
        .insertInto('channels')
        .values({ channel, since: now })
        .onConflict((row) => row.doNothing())
        .execute()
      const { since } = await db
        .selectFrom('channels')
        .select('since')
        .where('channel', '=', channel)
        .executeTakeFirstOrThrow()
      return since
    })
  }

  async posts(channel: string): Promise<readonly PostRow[]> {
    const rows = await this.#database.calls.read((db) =>
      db.selectFrom('posts').selectAll().where('channel', '=', channel).orderBy('since').orderBy('key').execute(),
    )
    return rows.map((row) => ({ ...row, state: parseWord(POST_STATES, row.state) }))
  }

  async begin(posts: readonly PostRow[]): Promise<void> {
    if (posts.length === 0) return
    await this.#database.calls.write(async (db) => {
      for (const some of inParts(posts))
        await db
          .insertInto('posts')
          .values(some)
          .onConflict((row) => row.doNothing())
          .execute()
    })
  }

  async setPost(key: string, change: Partial<Pick<PostRow, 'state' | 'message' | 'next' | 'tries'>>): Promise<void> {
    await this.#database.calls.write(async (db) => {
      await db.updateTable('posts').set(change).where('key', '=', key).execute()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]()
  }
}

type Db = Kysely<SubscriptionTables>

async function findRow(db: Db, id: string): Promise<SubscriberRow | undefined> {
  const row = await db.selectFrom('subscribers').select(SUBSCRIBER).where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : decodeSubscriber(row)
}

async function removeRow(db: Db, id: string): Promise<boolean> {
  const gone = await db.deleteFrom('subscribers').where('id', '=', id).executeTakeFirst()
  return gone.numDeletedRows > 0n
}

/** Counts subscribers of a state, or of what else is asked. */
async function countSubscribers(
  db: Db,
  state: SubscriberRow['state'],
  { mailbox, expiredBy }: { readonly mailbox?: string; readonly expiredBy?: number } = {},
): Promise<number> {
  let rows = db.selectFrom('subscribers').where('state', '=', state)
  if (mailbox !== undefined) rows = rows.where('mailbox', '=', mailbox)
  if (expiredBy !== undefined) rows = rows.where('expires', '<=', expiredBy)
  return (await rows.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count
}

const decodeSubscriber = (row: SubscriptionTables['subscribers']): SubscriberRow => ({
  ...row,
  state: parseWord(STATES, row.state),
  settled: row.settled === 1,
  sealed: new Uint8Array(row.sealed),
  told: new Uint8Array(row.told),
})
