import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import type { Mutex } from '../../runtime/mutex.ts'
import { encodeLetterLeaf } from '../core/leaf.ts'
import { InputError } from '../../core/model/errors.ts'
import { letterSchema, LONGEST_TEXT_BYTES, MOST_SEALED_BYTES, type Letter } from '../core/letter.ts'
import type { Sha256 } from '../../core/model/units.ts'
import type { LetterRow, SignatureFilter } from '../registry/contract.ts'
import type { Batches } from '../count/batches.ts'
import type { LetterDesk, PublishedLetter } from '../contract.ts'
import type { LetterDeskParts } from '../parts.ts'
import { firstMoment, lastMoment, sha256Of, type Published } from '../count/published.ts'
import type { RemovalFiles } from './files.ts'
import { sealLayers } from '../sign/seal.ts'
import { sealedLength } from '../sign/sealed-shape.ts'
import type { ShownRegions } from '../count/shown-regions.ts'

export interface LetterActParts extends Pick<LetterDeskParts, 'store' | 'clock' | 'keys' | 'simulated'> {
  readonly published: Published
  readonly batches: Batches
  readonly mutex: Mutex
  readonly regions: ShownRegions
  readonly files: RemovalFiles
  readonly sequence: () => Promise<void>
}

/** How a letter begins, changes and ends. */
export class LetterActs implements Pick<LetterDesk, 'publish' | 'close' | 'destroy'> {
  readonly #parts: LetterActParts

  constructor(parts: LetterActParts) {
    this.#parts = parts
  }

  publish(document: unknown, options: { readonly changeKeys?: boolean } = {}): Promise<PublishedLetter> {
    const { published, store, keys, clock, mutex, sequence } = this.#parts
    return mutex.run(async () => {
      const parsed = letterSchema.safeParse(document)
      if (!parsed.success) {
        const issue = parsed.error.issues[0]
        throw refuse(`/${issue?.path.join('/') ?? ''}`, issue?.message ?? 'a letter')
      }
      const letter = parsed.data
      await this.#check(letter)
      const before = published.newest(letter.id)
      if (before !== undefined) checkChange(before.letter, letter, options)
      if (before !== undefined && before.row.state !== 'open') throw refuse('/id', 'a letter that was not ended')
      if (letter.version !== (before?.letter.version ?? 0) + 1)
        throw refuse('/version', `${(before?.letter.version ?? 0) + 1}, the next one`)
      // The key first: no letter is open whose mailboxes could not be distinguished.
      await keys.make(letter.id)
      const text = encodeCanonical(letter)
      const row: LetterRow = { letter: letter.id, version: letter.version, document: text, state: 'open' }
      const { id, version } = letter
      const leaf = encodeLetterLeaf({ kind: 'letter-version', letter: id, version, sha256: sha256Of(text) })
      await store.append([{ leaf, change: { kind: 'letter', row } }])
      published.put(row)
      await sequence()
      return published.shown(letter.id, clock.now())! // it was put there just now
    })
  }

  async #check(letter: Letter): Promise<void> {
    const { simulated, clock } = this.#parts
    if (letter.simulated !== simulated) throw refuse('/simulated', `${simulated}, as everything of this service`)
    if (firstMoment(letter.opens) > firstMoment(letter.closes)) throw refuse('/closes', 'a day not before "opens"')
    if (firstMoment(letter.closes) >= firstMoment(letter.destroys)) throw refuse('/destroys', 'a day behind "closes"')
    if (lastMoment(letter.closes) <= clock.now()) throw refuse('/closes', 'a day that is not over')
    if (sealedLength(LONGEST_TEXT_BYTES, letter.keys) > MOST_SEALED_BYTES)
      throw refuse('/keys', `fewer recipients: a signature sealed to these has more than ${MOST_SEALED_BYTES} bytes`)
    const given = letter.keys.layers.flatMap((layer) => layer.map(({ recipient }) => recipient))
    if (new Set(given).size !== given.length) throw refuse('/keys', 'each recipient once')
    try {
      const sealed = await sealLayers(new Uint8Array(512), letter.keys)
      if (sealed.length !== sealedLength(512, letter.keys)) throw new Error('another kind')
    } catch {
      throw refuse('/keys', 'recipients of age, "age1…" or "age1pq1…", as they were made')
    }
  }

  close(id: string): Promise<void> {
    const { published, batches, mutex, sequence } = this.#parts
    this.#refuseUnknown(id)
    return published.ending(id, () =>
      mutex.run(async () => {
        const newest = published.newest(id)
        if (newest?.row.state !== 'open') return
        await batches.run({ all: true })
        await this.#become({ ...newest.row, state: 'closed' }, 'letter-closed')
        await sequence()
      }),
    )
  }

  /**
   * First everything is destroyed, then the log says so: a leaf never claims what a crash has kept from being done.
   * What never counted goes with all the rest.
   */
  async destroy(id: string): Promise<void> {
    const { published, store, keys, files, regions, mutex, sequence } = this.#parts
    await this.close(id)
    return published.ending(id, () =>
      mutex.run(async () => {
        const newest = published.newest(id)! // `close` has found it
        for (const state of ['awaiting', 'pending', 'held'] as const) await this.#drop({ letter: id, state })
        await keys.destroy(id)
        await store.destroy(id)
        await files.destroy(id)
        await regions.forget(id)
        if (newest.row.state === 'destroyed') return
        await this.#become({ ...newest.row, state: 'destroyed' }, 'letter-destroyed')
        await sequence()
      }),
    )
  }

  async #drop(filter: SignatureFilter): Promise<void> {
    for (;;) {
      const rows = await this.#parts.store.find(filter, { most: 500 })
      if (rows.length === 0) return
      await this.#parts.store.drop(rows.map(({ ct }): Sha256 => ct))
    }
  }

  async #become(row: LetterRow, kind: 'letter-closed' | 'letter-destroyed'): Promise<void> {
    const { store, published } = this.#parts
    const leaf = encodeLetterLeaf({ kind, letter: row.letter })
    await store.append([{ leaf, change: { kind: 'letter', row } }])
    published.put(row)
  }

  #refuseUnknown(id: string): void {
    if (this.#parts.published.newest(id) === undefined) throw unknownLetter()
  }
}

export const unknownLetter = (): InputError =>
  new InputError('Cannot find letter: none of this id was published', {
    code: 'letter.unknown',
    path: 'letter',
    expected: 'the id of a letter that was published',
  })

/** What a next version may not change, since people have signed under it. */
function checkChange(before: Letter, after: Letter, { changeKeys = false }: { readonly changeKeys?: boolean }): void {
  if (encodeCanonical(before.keys) !== encodeCanonical(after.keys) && !changeKeys)
    throw refuse('/keys', 'the recipients of the version before, unless the change is asked for')
  if (after.destroys > before.destroys)
    throw refuse('/destroys', `a day not behind ${before.destroys}, as was promised`)
  const sameWords = encodeCanonical(before.consent.text) === encodeCanonical(after.consent.text)
  if (sameWords && before.consent.version !== after.consent.version)
    throw refuse('/consent/version', `${before.consent.version}, since its words are the same`)
  if (!sameWords && after.consent.version <= before.consent.version)
    throw refuse('/consent/version', `more than ${before.consent.version}, since its words are others`)
}

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot publish letter: "${path}" does not fit`, { code: 'letter.invalid', path, expected })
