import { sql, type Kysely, type Transaction } from 'kysely'
import { Fault, InputError } from '../../core/model/errors.ts'
import { Mutex } from '../../runtime/mutex.ts'

/** Calls of one transaction: as many as keep the others waiting for some tens of milliseconds. */
const MOST_CALLS = 500

interface Waiting<T> {
  /** Does the call's work and gives what is to be done once it is durable. */
  run(transaction: Transaction<T>): Promise<() => void>
  readonly erases: boolean
  reject(error: unknown): void
}

/**
 * Joins calls of many into transactions, one at a time: while one is being written, the next ones gather. Each call has
 * a savepoint of its own, so that an error of one undoes that call alone; each resolves when its transaction is
 * durable. Readers take their turn in the same queue and see whole transactions only.
 */
export class GroupCommit<T> {
  readonly #db: Kysely<T>
  readonly #erased: () => Promise<void>
  #waiting: Waiting<T>[] = []
  readonly #mutex = new Mutex()
  #scheduled = false

  /** `erased` is run after each transaction that erased something, before its calls resolve; it never rejects. */
  constructor(db: Kysely<T>, erased: () => Promise<void>) {
    this.#db = db
    this.#erased = erased
  }

  /**
   * Runs a call's work in a transaction and gives its result once that is durable. Throws what the work threw, or Fault
   * where the database failed; then nothing of the call is kept.
   */
  write<R>(work: (transaction: Transaction<T>) => Promise<R>, { erases = false } = {}): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const run = async (transaction: Transaction<T>): Promise<() => void> => {
        const result = await work(transaction)
        return () => resolve(result)
      }
      this.#waiting.push({ run, erases, reject: (error) => reject(asOurs('write', error)) })
      this.#schedule()
    })
  }

  /** Reads what is durable. Throws Fault where the database failed. */
  async read<R>(work: (db: Kysely<T>) => Promise<R>): Promise<R> {
    try {
      return await this.alone(() => work(this.#db))
    } catch (error) {
      throw asOurs('read', error)
    }
  }

  /** Runs an act between two transactions. */
  alone<R>(act: () => Promise<R>): Promise<R> {
    return this.#mutex.run(act)
  }

  /** Resolves when nothing waits and nothing is being written. */
  async idle(): Promise<void> {
    while (this.#scheduled || this.#waiting.length > 0) await this.alone(nextRound)
    await this.alone(async () => undefined)
  }

  /** Sockets that are ready bring their calls before the transaction begins. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    void this.alone(async () => {
      await nextRound()
      await this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#scheduled = false
    const group = this.#waiting.splice(0, MOST_CALLS)
    if (this.#waiting.length > 0) this.#schedule()
    const failed = new Map<Waiting<T>, unknown>()
    const done: (() => void)[] = []
    try {
      await this.#db.transaction().execute(async (transaction) => {
        // A call that stands alone needs no savepoint: its error undoes the transaction.
        const [only, ...others] = group
        if (only !== undefined && others.length === 0) done.push(await only.run(transaction))
        else for (const call of group) await inSavepoint(call, transaction, { done, failed })
      })
    } catch (error) {
      for (const call of group) call.reject(failed.get(call) ?? error)
      return
    }
    if (group.some((call) => call.erases && !failed.has(call))) await this.#erased()
    for (const [call, error] of failed) call.reject(error)
    for (const tell of done) tell()
  }
}

interface Outcome<T> {
  readonly done: (() => void)[]
  readonly failed: Map<Waiting<T>, unknown>
}

/** Throws where the call could not even be undone, as when a full disk has ended the transaction: then all of it fails. */
async function inSavepoint<T>(call: Waiting<T>, transaction: Transaction<T>, outcome: Outcome<T>): Promise<void> {
  await sql`SAVEPOINT one_call`.execute(transaction)
  try {
    outcome.done.push(await call.run(transaction))
  } catch (error) {
    outcome.failed.set(call, error)
    await sql`ROLLBACK TO SAVEPOINT one_call`.execute(transaction)
  }
  await sql`RELEASE SAVEPOINT one_call`.execute(transaction)
}

const nextRound = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const asOurs = (what: 'read' | 'write', error: unknown): unknown =>
  error instanceof Fault || error instanceof InputError
    ? error
    : new Fault(`Cannot ${what} registry: the database failed`, { cause: error })
