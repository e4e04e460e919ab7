import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis } from '../../core/model/units.ts'
import { RenderQueue } from './render-queue.ts'

/** A queue over a renderer that counts, with a clock that the test sets. */
function open(size = 10): { queue: RenderQueue; drawn: string[]; clock: { at: number }; most: () => number } {
  const drawn: string[] = []
  const clock = { at: 0 }
  let [running, most] = [0, 0]
  const queue = new RenderQueue(
    async (svg) => {
      running++
      most = Math.max(most, running)
      await Promise.resolve()
      running--
      drawn.push(svg)
      return new Uint8Array(size)
    },
    { monotonic: () => millis(clock.at) },
  )
  return { queue, drawn, clock, most: () => most }
}

describe('the queue of pictures', () => {
  it('draws one after another, and the same picture once', async () => {
    const { queue, drawn, most } = open()
    await Promise.all(['a', 'b', 'a', 'c', 'a'].map((key) => queue.render(key, async () => key)))
    await queue.render('a', async () => 'again')
    assert.deepEqual(drawn, ['a', 'b', 'c'])
    assert.equal(most(), 1)
  })

  it('refuses beyond sixty in a minute and says when to come back', async () => {
    const { queue, clock } = open()
    for (let index = 0; index < 60; index++) await queue.render(`${index}`, async () => 'x')
    clock.at = 20_000
    assert.deepEqual(await queue.render('more', async () => 'x'), { kind: 'busy', seconds: 40 })
    assert.equal((await queue.render('3', async () => 'x')).kind, 'picture', 'what is kept costs nothing')
    clock.at = 60_000
    assert.equal((await queue.render('more', async () => 'x')).kind, 'picture')
  })

  it('refuses when too many wait at once', async () => {
    const { queue } = open()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => queue.render(`${index}`, async () => 'x')),
    )
    assert.equal(answers.filter(({ kind }) => kind === 'busy').length, 8)
  })

  it('leaves half of the minute and of the row to published pictures, whichever minutes a client makes up', async () => {
    const { queue, clock } = open()
    const ask = (count: number, kind: 'published' | 'made-up', name: string): Promise<number> =>
      Promise.all(
        Array.from({ length: count }, (_, index) => queue.render(`${name} ${index}`, async () => 'x', kind)),
      ).then((all) => all.filter((one) => one.kind === 'picture').length)
    const [madeUp, published] = await Promise.all([ask(100, 'made-up', 'a'), ask(6, 'published', 'b')])
    assert.deepEqual([madeUp, published], [6, 6])
    for (let index = 0; index < 50; index++) await ask(1, 'made-up', `c${index}`)
    assert.equal(await ask(1, 'made-up', 'd'), 0)
    assert.equal(await ask(5, 'published', 'e'), 5)
    clock.at = 60_000
    assert.equal(await ask(1, 'made-up', 'd'), 1)
  })

  it('goes on after a picture that could not be drawn, and tries it again when asked', async () => {
    const { queue } = open()
    await assert.rejects(
      queue.render('a', () => Promise.reject(new Error('broken'))),
      /broken/,
    )
    assert.equal((await queue.render('a', async () => 'x')).kind, 'picture')
  })

  it('keeps no more bytes than it may', async () => {
    const { queue, drawn, clock } = open(9 * 1024 * 1024)
    for (const key of ['a', 'b', 'c', 'b', 'a']) {
      clock.at += 60_000
      await queue.render(key, async () => key)
    }
    assert.deepEqual(drawn, ['a', 'b', 'c', 'a'])
  })
})
