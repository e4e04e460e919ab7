import type { Asn } from '../../../core/model/units.ts'
import type { Enrolment, Invitation, KeyRow, Lineage } from '../contract.ts'

/** Tables of keys as they are held in memory, each by the name of its rows. */
export interface KeyMemory {
  readonly keys: Map<string, KeyRow>
  readonly lineages: Map<string, Lineage>
  readonly heirs: Map<string, { readonly lineage: string; readonly asn: Asn; readonly month: number }>
  readonly invitations: Map<string, Invitation>
  readonly enrolments: Map<string, Enrolment>
  readonly revocations: Map<string, number>
}
export type KeyTable = keyof KeyMemory

type RowOf<T extends KeyTable> = KeyMemory[T] extends Map<string, infer R> ? R : never

/** A row to be written as memory had it when it was taken; without one it is gone. */
export type Changed = {
  readonly [T in KeyTable]: { readonly table: T; readonly name: string; readonly row: RowOf<T> | undefined }
}[KeyTable]

interface Place {
  readonly table: KeyTable
  readonly name: string
}

/** Maps in which a change can be undone, and which say what has changed. */
export class ChangedMaps {
  readonly #memory: KeyMemory
  #undo: (() => void)[] | undefined
  /** Rows that are not durable yet, in the order of their first change. */
  #changed = new Map<string, Place>()

  constructor(memory: KeyMemory) {
    this.#memory = memory
  }

  set<T extends KeyTable>(table: T, name: string, row: RowOf<T>): void {
    this.#note(table, name)
    const map = this.#memory[table] as Map<string, typeof row>
    map.set(name, row)
  }

  delete(table: KeyTable, name: string): void {
    this.#note(table, name)
    this.#memory[table].delete(name)
  }

  #note(table: KeyTable, name: string): void {
    const map = this.#memory[table] as Map<string, unknown>
    const [had, before] = [map.has(name), map.get(name)]
    const place = `${table}\n${name}`
    const wasChanged = this.#changed.has(place)
    this.#undo?.push(() => {
      if (had) map.set(name, before)
      else map.delete(name)
      if (!wasChanged) this.#changed.delete(place)
    })
    this.#changed.set(place, { table, name })
  }

  /** All changes of `work` or none of them. Throws what `work` throws. */
  together<T>(work: () => T): T {
    if (this.#undo !== undefined) return work()
    const undo: (() => void)[] = []
    this.#undo = undo
    try {
      return work()
    } catch (error) {
      this.#undo = undefined
      for (const step of undo.toReversed()) step()
      throw error
    } finally {
      this.#undo = undefined
    }
  }

  /**
   * What is not durable yet, which counts as being written from now on. All of it is of one moment: what changed together
   * is written together.
   */
  take(): readonly Changed[] {
    const taken = [...this.#changed.values()].map(
      ({ table, name }) => ({ table, name, row: this.#memory[table].get(name) }) as Changed,
    )
    this.#changed = new Map()
    return taken
  }

  /** Gives back what could not be written: it comes first the next time. */
  giveBack(taken: readonly Changed[]): void {
    const later = this.#changed
    this.#changed = new Map(taken.map(({ table, name }) => [`${table}\n${name}`, { table, name }]))
    for (const [place, one] of later) this.#changed.set(place, one)
  }

  get isDurable(): boolean {
    return this.#changed.size === 0
  }
}
