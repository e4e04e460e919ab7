import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { millis } from '../../core/model/units.ts'
import type { SpaceLevel } from '../../runtime/files/free-space.ts'
import { openAskedBundles, type AskedBundlesParts } from './asked-bundles.ts'

const FROM = { socket: '198.51.100.7', forwardedFor: undefined }

function desk(change: Partial<AskedBundlesParts> = {}) {
  const clock = { at: 0, monotonic: () => millis(clock.at) }
  const asked: { readonly incident: string; readonly end: (outcome: 'made' | 'differs' | Error) => void }[] = []
  const seen = { again: 0, faults: 0, level: 'ample' as SpaceLevel, wait: 0 }
  const parts: AskedBundlesParts = {
    make: (incident, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')))
        asked.push({ incident, end: (how) => (how instanceof Error ? reject(how) : resolve(how)) })
      }),
    published: { again: () => void seen.again++ },
    rate: { perSecond: 1, burst: 1, take: () => ({ left: 0, wait: seen.wait }) },
    space: { level: () => seen.level },
    clock,
    log: { error: () => void seen.faults++ },
    ...change,
  }
  const made = openAskedBundles(parts)
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return { made, asked, seen, clock, settled }
}

describe('bundles that readers ask for', () => {
  it('are made one after another, each once however often it is asked for', async () => {
    const { made, asked, seen, settled } = desk()
    assert.deepEqual(made.of('a'), { kind: 'none' })
    for (const id of ['a', 'a', 'b', 'a']) assert.deepEqual(made.ask(id, FROM), { kind: 'taken' })
    assert.deepEqual(made.of('a'), { kind: 'making', before: 0 })
    assert.deepEqual(made.of('b'), { kind: 'making', before: 1 })
    assert.deepEqual(
      asked.map(({ incident }) => incident),
      ['a'],
    )
    asked[0]?.end('made')
    await settled()
    assert.deepEqual([made.of('a'), made.of('b')], [{ kind: 'none' }, { kind: 'making', before: 0 }])
    assert.equal(seen.again, 1)
    asked[1]?.end('made')
    await settled()
    assert.equal(asked.length, 2)
    await made[Symbol.asyncDispose]()
  })

  it('that cannot be made say why, and may be asked for again after ten minutes', async () => {
    const { made, asked, seen, clock, settled } = desk()
    made.ask('a', FROM)
    asked[0]?.end('differs')
    await settled()
    made.ask('b', FROM)
    asked[1]?.end(new Error('disk'))
    await settled()
    assert.deepEqual(
      [made.of('a'), made.of('b')],
      [
        { kind: 'failed', why: 'differs' },
        { kind: 'failed', why: 'fault' },
      ],
    )
    assert.equal(seen.faults, 1)
    made.ask('a', FROM)
    assert.equal(asked.length, 2)
    clock.at += 10 * 60_000
    assert.deepEqual(made.of('a'), { kind: 'none' })
    made.ask('a', FROM)
    assert.equal(asked.length, 3)
    await made[Symbol.asyncDispose]()
  })

  it('that a command made meanwhile are no failure', async () => {
    const { made, asked, settled } = desk()
    made.ask('a', FROM)
    asked[0]?.end(new InputError('x', { code: 'bundle.exists', path: 'x', expected: 'x' }))
    await settled()
    assert.deepEqual(made.of('a'), { kind: 'none' })
    await made[Symbol.asyncDispose]()
  })

  it('are refused beyond what one sender, the queue, a day and the disk allow', async () => {
    const { made, seen } = desk()
    seen.wait = 7
    assert.deepEqual(made.ask('a', FROM), { kind: 'later', wait: 7 })
    seen.wait = 0
    seen.level = 'reserved'
    assert.equal(made.ask('a', FROM).kind, 'later')
    seen.level = 'ample'
    for (let nth = 0; nth < 10; nth++) assert.equal(made.ask(`i${nth}`, FROM).kind, 'taken')
    assert.equal(made.ask('more', FROM).kind, 'later')
    await made[Symbol.asyncDispose]()
    const day = desk({ make: () => Promise.resolve('made') })
    for (let nth = 0; nth < 100; nth++) {
      assert.equal(day.made.ask(`i${nth}`, FROM).kind, 'taken')
      await day.settled()
    }
    assert.deepEqual(day.made.ask('more', FROM), { kind: 'later', wait: 86_400 })
    day.clock.at += 86_400_000
    assert.equal(day.made.ask('more', FROM).kind, 'taken')
    await day.made[Symbol.asyncDispose]()
  })

  it('are given up when the server ends', async () => {
    const { made, seen } = desk()
    made.ask('a', FROM)
    made.ask('b', FROM)
    await made[Symbol.asyncDispose]()
    assert.equal(seen.faults, 0)
  })
})
