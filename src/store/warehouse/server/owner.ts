import { Fault, InputError } from '../../../core/model/errors.ts'
import { number, requiredText } from '../decode-rows.ts'
import type { Engine } from '../engine.ts'
import type { EngineWords } from '../schema.ts'

/** Whose the tables of a server are, and who writes to them. */
export interface WarehouseOwner {
  /** Id of the data folder, which its copies have too. */
  readonly folder: string
  /** Machine and place of that folder: two copies of a folder differ here. */
  readonly holder: string
  /** False: only the tables that it had last, as of a folder that may be a copy. */
  readonly takesOver?: boolean
}

/** After so long without a sign of life another holder of the same folder may take over. */
const SILENT_S = 60
/** How often a writer gives a sign of life, and looks whether another has taken over. */
export const BEAT_MS = 15_000

const table = (words: EngineWords): string => `CREATE TABLE IF NOT EXISTS owner
(
    generation UInt64,
    folder String,
    holder String,
    since DateTime64(3, 'UTC'),
    at DateTime64(3, 'UTC') DEFAULT now64(3),
    released UInt8
)
ENGINE = ${words.engine('ReplacingMergeTree')}(at)
ORDER BY (generation, holder)`

const NEWEST = `SELECT
    generation,
    folder,
    holder,
    released,
    at > now64(3) - toIntervalSecond({silent:UInt32}) AS alive
FROM owner FINAL
WHERE generation = (SELECT max(generation) FROM owner)
ORDER BY since, holder`

const SIGN = `INSERT INTO owner (generation, folder, holder, since, released)
SELECT
    {generation:UInt64},
    {folder:String},
    {holder:String},
    (SELECT if(count() = 0, now64(3), min(since)) FROM owner WHERE generation = {generation:UInt64} AND holder = {holder:String}),
    {released:UInt8}`

interface Newest {
  readonly generation: number
  readonly folder: string
  readonly holder: string
  readonly isHeld: boolean
}

/**
 * The right to write to the tables of a server. It is a guard against mistakes, such as a copy of a folder that is
 * served too, or a wrong database in an address; of two that begin in the same moment, the lock of the log lets one go on.
 */
export class Ownership {
  readonly #engine: Engine
  readonly #owner: WarehouseOwner
  readonly #shown: string
  #generation = 0

  constructor(engine: Engine, owner: WarehouseOwner, shown: string) {
    this.#engine = engine
    this.#owner = owner
    this.#shown = shown
  }

  /** Takes the tables for this holder, or goes on with them. Throws InputError for another folder's or a live holder's. */
  async claim(words: EngineWords): Promise<void> {
    await this.#engine.command(table(words), {})
    const newest = await this.#newest()
    if (newest !== undefined && newest.folder !== this.#owner.folder)
      throw refusal(this.#shown, 'of another data folder')
    const mayNot = newest?.isHeld === true || this.#owner.takesOver === false
    if (newest !== undefined && newest.holder !== this.#owner.holder && mayNot)
      throw refusal(this.#shown, 'in use by another server with a copy of this data folder')
    // A holder that was away goes on under its own number, unless another has written meanwhile.
    const goesOn = newest !== undefined && newest.holder === this.#owner.holder
    if (this.#generation > 0 && !goesOn) throw overtaken(this.#shown)
    this.#generation = goesOn ? newest.generation : (newest?.generation ?? 0) + 1
    await this.#sign(0)
    await this.check()
  }

  /** A sign of life. Throws Fault where another holder has taken over: then nothing may be written any more. */
  async beat(): Promise<void> {
    await this.check()
    await this.#sign(0)
  }

  async check(): Promise<void> {
    const newest = await this.#newest()
    if (newest?.generation !== this.#generation || newest.holder !== this.#owner.holder) throw overtaken(this.#shown)
  }

  /** Another holder need not wait. */
  async release(): Promise<void> {
    if (this.#generation > 0) await this.#sign(1)
  }

  /** Of two that took the same number at once, the first. */
  async #newest(): Promise<Newest | undefined> {
    const [row] = await this.#engine.query(NEWEST, { silent: SILENT_S })
    if (row === undefined) return undefined
    return {
      generation: number(row, 'generation'),
      folder: requiredText(row, 'folder'),
      holder: requiredText(row, 'holder'),
      isHeld: number(row, 'alive') === 1 && number(row, 'released') === 0,
    }
  }

  async #sign(released: number): Promise<void> {
    const { folder, holder } = this.#owner
    await this.#engine.command(SIGN, { generation: this.#generation, folder, holder, released })
  }
}

const refusal = (shown: string, whose: string): InputError =>
  new InputError(`Cannot use the warehouse ${shown}: its tables are ${whose}`, {
    code: 'warehouse.owner',
    path: 'KUAGER_WAREHOUSE',
    expected: 'an empty database for each data folder, and one server that writes to it',
  })

const overtaken = (shown: string): Fault =>
  new Fault(`Cannot write to the warehouse ${shown}: another server has taken it over`)
