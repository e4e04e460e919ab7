import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { instant } from '../../core/model/units.ts'
import type { Drawing } from './drawing.ts'
import { rememberDrawings, type Draw } from './drawings.ts'

const drawing = (title: string): Drawing => ({
  kind: 'axis',
  lang: 'kk',
  picture: {
    from: instant(0),
    until: instant(3_600_000),
    zone: 'Asia/Almaty',
    start: { kind: 'open', bracket: [undefined, undefined] },
    end: { kind: 'open', bracket: [undefined, undefined] },
    running: true,
    curve: [],
    events: [],
    statements: [],
    probes: { rows: 0, hidden: 0, marks: [], stretches: [] },
    controls: [],
  },
  naming: { id: 'a', title, description: '', shape: 'narrow' },
})

/** Counts how often each title is drawn; `broken` fails. */
function counting(): { readonly draw: Draw; readonly drawn: string[] } {
  const drawn: string[] = []
  return {
    drawn,
    draw: async ({ naming: { title } }) => {
      drawn.push(title)
      if (title === 'broken') throw new Error('no ink')
      return title.repeat(10)
    },
  }
}

describe('rememberDrawings()', () => {
  it('draws the same data once, also for two who ask at the same time', async () => {
    const { draw, drawn } = counting()
    const remembered = rememberDrawings(draw)
    const both = await Promise.all([remembered(drawing('a')), remembered(drawing('a'))])
    assert.deepEqual([...both, await remembered(drawing('a'))], ['a'.repeat(10), 'a'.repeat(10), 'a'.repeat(10)])
    await remembered(drawing('b'))
    assert.deepEqual(drawn, ['a', 'b'])
  })

  it('drops the one that was used longest ago when there are too many letters', async () => {
    const { draw, drawn } = counting()
    const remembered = rememberDrawings(draw, 20)
    for (const title of ['a', 'b', 'a', 'c', 'a', 'b']) await remembered(drawing(title))
    assert.deepEqual(drawn, ['a', 'b', 'c', 'b'])
  })

  it('keeps nothing of a drawing that failed', async () => {
    const { draw, drawn } = counting()
    const remembered = rememberDrawings(draw)
    for (let turn = 0; turn < 2; turn++) await assert.rejects(remembered(drawing('broken')), /no ink/)
    assert.deepEqual(drawn, ['broken', 'broken'])
  })
})
