import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CustodyDraft } from '../../core/evidence/custody/custody-event.ts'
import { instant } from '../../core/model/units.ts'
import type { CustodyBook } from './custody-book.ts'
import { recordErasures } from './record-erasures.ts'

/** What is not read here. */
const REST = { format: 'kuager-custody/1', id: '', at: '', prev: null, key: '', signature: '' } as const

describe('recordErasures()', () => {
  const erasedAt = instant(Date.parse('2026-03-05T10:00:00Z'))
  const archive = {
    erasedLeaves: [7, 3],
    readLeaf: async (leafIndex: number) => ({ kind: 'erased', leafIndex, erasedAt, reason: 'asked' }) as const,
  }
  /** A book of the events it received; `fails` refuses the next event. */
  const book = () => {
    const drafts: CustodyDraft[] = []
    const state = { drafts, fails: false }
    const custody: Pick<CustodyBook, 'record' | 'events'> = {
      async record(draft) {
        await new Promise(setImmediate)
        if (state.fails) throw new Error('the disk is full')
        drafts.push(draft)
        return { leafIndex: drafts.length, event: { ...REST, ...draft }, bytes: new Uint8Array() }
      },
      async *events() {
        for (const [leafIndex, draft] of [...drafts].entries())
          yield { leafIndex, event: { ...REST, ...draft }, bytes: new Uint8Array() }
      },
    }
    return { ...state, custody, state }
  }

  it('records each erasure once, also where two ask at the same time', async () => {
    const { custody, drafts } = book()
    const counts = await Promise.all([1, 2, 3].map(() => recordErasures(archive, custody)))
    assert.deepEqual(
      drafts.map(({ evidence }) => evidence.id),
      ['3', '7'],
    )
    assert.deepEqual(counts, [2, 0, 0])
  })

  it('continues for the next caller after one that failed', async () => {
    const { custody, state, drafts } = book()
    state.fails = true
    const failed = assert.rejects(recordErasures(archive, custody), /disk is full/)
    const next = recordErasures(archive, custody).catch(() => 0)
    await failed
    state.fails = false
    await next
    await recordErasures(archive, custody)
    assert.equal(drafts.length, 2)
  })
})
