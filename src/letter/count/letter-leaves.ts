import { encodeLetterLeaf, parseLetterLeaf } from '../core/leaf.ts'
import { Fault } from '../../core/model/errors.ts'
import { keyChangeSchema } from '../../core/model/key-change.ts'
import type { OtherEntryKind } from '../../core/model/log-entry.ts'
import { parseInstant, type Instant } from '../../core/model/units.ts'
import type { ArchivedEntry } from '../../store/archive/contract.ts'
import type { LetterStore } from '../registry/contract.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Kind of a leaf whose place in the log is asked for later: only changes of keys. Throws InputError for what is no
 * leaf.
 */
export const letterKindOf = (leaf: Uint8Array): string | undefined => {
  const { kind } = parseLetterLeaf(leaf)
  return kind === 'key-change' ? kind : undefined
}

/**
 * The leaves of a letter's registry in the form in which the log takes its leaves from an archive of measurements
 * (`LogArchive`). Of all entries that such an archive has it has only changes of keys.
 */
export class LetterLeaves {
  readonly #store: Pick<LetterStore, 'size' | 'leaf' | 'leaves' | 'append'>

  constructor(store: Pick<LetterStore, 'size' | 'leaf' | 'leaves' | 'append'>) {
    this.#store = store
  }

  get size(): number {
    return this.#store.size
  }

  leaves(from: number, until: number): AsyncIterable<Uint8Array> {
    return this.#store.leaves(from, until)
  }

  /** The content of the leaf of a change of keys; undefined for every other leaf, which has none. */
  async readLeaf(leafIndex: number): Promise<ArchivedEntry | undefined> {
    const bytes = await this.#store.leaf(leafIndex)
    const leaf = bytes === undefined ? undefined : parseLetterLeaf(bytes)
    if (leaf?.kind !== 'key-change') return undefined
    const receivedAt = parseInstant(keyChangeSchema.parse(JSON.parse(leaf.change)).at)
    const change = new TextEncoder().encode(leaf.change)
    return { kind: 'entry', entry: 'key-change', leafIndex, receivedAt, salt: new Uint8Array(), bytes: change }
  }

  /** Appends a change of keys; the same one is there once, so that a rotation which a crash stopped continues. */
  async appendEntry(kind: OtherEntryKind, bytes: Uint8Array, _at: Instant): Promise<{ readonly leafIndex: number }> {
    if (kind !== 'key-change') throw new Fault(`Cannot log ${kind}: a letter's log has no such leaves`)
    const leaf = encodeLetterLeaf({ kind, change: decoder.decode(bytes) })
    let leafIndex = 0
    for await (const known of this.#store.leaves(0, this.#store.size)) {
      if (Buffer.compare(known, leaf) === 0) return { leafIndex }
      leafIndex++
    }
    return { leafIndex: await this.#store.append([{ leaf }]) }
  }
}
