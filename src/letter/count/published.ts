import { createHash } from 'node:crypto'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { Fault } from '../../core/model/errors.ts'
import { letterSchema, type Letter } from '../core/letter.ts'
import { instant, parseInstant, parseSha256, type Instant } from '../../core/model/units.ts'
import type { LetterRow, LetterStore } from '../registry/contract.ts'
import type { PublishedLetter, LetterRefusal } from '../contract.ts'
import { jsonOrUndefined } from '../../core/model/json-text.ts'

interface Entry {
  readonly letter: Letter
  readonly row: LetterRow
}

/** First and last point in time of the days that a letter names, UTC. */
export const firstMoment = (day: string): Instant => parseInstant(day)
export const lastMoment = (day: string): Instant => instant(parseInstant(day) + DAY_MS)

export const sha256Of = (text: string): ReturnType<typeof parseSha256> =>
  parseSha256(createHash('sha256').update(text).digest('hex'))

/**
 * The letters that were published, in memory: a few, which every request asks for. A caller that takes a signature is
 * inside a letter meanwhile, so that its end waits for what was let in before.
 */
export class Published {
  readonly #letters = new Map<string, Entry[]>()
  readonly #inside = new Map<string, Set<Promise<unknown>>>()
  readonly #shut = new Set<string>()

  static async load(store: Pick<LetterStore, 'letters'>): Promise<Published> {
    const published = new Published()
    const rows = [...(await store.letters())].sort((a, b) => a.version - b.version)
    for (const row of rows) if (row.state !== 'draft') published.put(row)
    return published
  }

  /** Takes a version, or another state of one. Throws Fault for a document that is not a letter. */
  put(row: LetterRow): void {
    const parsed = letterSchema.safeParse(jsonOrUndefined(row.document))
    if (!parsed.success || encodeCanonical(parsed.data) !== row.document)
      throw new Fault(`Cannot read letter "${row.letter}", version ${row.version}: its document is damaged`)
    const versions = this.#letters.get(row.letter) ?? []
    this.#letters.set(row.letter, [
      ...versions.filter(({ row: { version } }) => version !== row.version),
      { letter: parsed.data, row },
    ])
  }

  /** Newest version. */
  newest(id: string): Entry | undefined {
    return this.#letters.get(id)?.at(-1)
  }

  version(id: string, version: number): string | undefined {
    return this.#letters.get(id)?.find(({ row }) => row.version === version)?.row.document
  }

  ids(): readonly string[] {
    return [...this.#letters.keys()].sort()
  }

  shown(id: string, now: Instant): PublishedLetter | undefined {
    const entry = this.newest(id)
    if (entry === undefined) return undefined
    const { letter, row } = entry
    const state = row.state === 'draft' ? 'open' : row.state
    const refusal = this.refusal(id, row.version, now)
    const signing = refusal?.kind === 'not-yet' || refusal?.kind === 'over' ? refusal.kind : 'open'
    return { letter, document: row.document, sha256: sha256Of(row.document), state, signing }
  }

  /** Why a signature to a version cannot be taken now; undefined where it can. */
  refusal(id: string, version: number, now: Instant): LetterRefusal | undefined {
    const entry = this.newest(id)
    if (entry === undefined) return { kind: 'unknown' }
    const { letter, row } = entry
    if (row.state !== 'open' || this.#shut.has(id) || now >= lastMoment(letter.closes))
      return { kind: 'over', day: letter.closes }
    if (now < firstMoment(letter.opens)) return { kind: 'not-yet', day: letter.opens }
    return row.version === version ? undefined : { kind: 'changed', version: row.version }
  }

  /** Whether confirmations still come in: an open letter, also behind its last day of signing. */
  isOpen(id: string): boolean {
    return this.newest(id)?.row.state === 'open' && !this.#shut.has(id)
  }

  /** Does something inside a letter, whose end waits for it. The caller has looked that it is open. */
  within<T>(id: string, act: () => Promise<T>): Promise<T> {
    const inside = this.#inside.get(id) ?? new Set()
    this.#inside.set(id, inside)
    const done = act()
    inside.add(done)
    const leave = (): boolean => inside.delete(done)
    done.then(leave, leave)
    return done
  }

  /** Ends a letter: lets no one in any more, waits for those inside, acts; where that fails the letter is as before. */
  async ending<T>(id: string, act: () => Promise<T>): Promise<T> {
    this.#shut.add(id)
    try {
      await Promise.allSettled([...(this.#inside.get(id) ?? [])])
      return await act()
    } finally {
      this.#shut.delete(id)
    }
  }
}
