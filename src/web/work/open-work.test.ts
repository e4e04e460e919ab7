import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { solveWork } from '../../browser/work/solve.ts'
import { defined } from '../../core/model/defined.ts'
import { instant, millis } from '../../core/model/units.ts'
import { WORK_MS, openWork } from './open-work.ts'

const START = Date.UTC(2026, 2, 5)

function world(mostSpent?: number) {
  let now = START
  const clock = { now: () => instant(now), monotonic: () => millis(now - START) }
  const desk = openWork({ clock, ...defined({ mostSpent }) })
  const solve = async (): Promise<string> =>
    solveWork(await desk.challenge('sign'), { signal: AbortSignal.timeout(60_000) })
  return { desk, solve, pass: (ms: number) => (now += ms) }
}

/** A solution with something else in its JSON. */
function altered(solution: string, found: RegExp, instead: string): string {
  const json = Buffer.from(solution, 'base64').toString()
  const other = json.replace(found, instead)
  assert.notEqual(other, json)
  return Buffer.from(other).toString('base64')
}

describe('openWork()', () => {
  it('takes a solution once, also when it comes twice at the same time', async () => {
    const { desk, solve } = world()
    const solution = await solve()
    const said = await Promise.all([desk.verify(solution, 'sign'), desk.verify(solution, 'sign')])
    assert.deepEqual(said.toSorted(), ['done', 'spent'])
    assert.equal(await desk.verify(solution, 'sign'), 'spent')
  })

  it('takes no solution for anything but what it was asked for', async () => {
    const { desk, solve } = world()
    const solution = await solve()
    assert.equal(await desk.verify(solution, 'report'), 'wrong')
    const moved = altered(solution, /"sign"/, '"report"')
    assert.equal(await desk.verify(moved, 'report'), 'wrong')
    assert.equal(await desk.verify(solution, 'sign'), 'done')
  })

  it('takes none after its time, however it is written', async () => {
    const { desk, solve, pass } = world()
    const solution = await solve()
    pass(WORK_MS + 1000)
    assert.equal(await desk.verify(solution, 'sign'), 'expired')
    const later = altered(solution, /"until":1/, '"until":2')
    assert.equal(await desk.verify(later, 'sign'), 'wrong')
  })

  it('refuses an altered member, and what another process gave', async () => {
    const { desk, solve } = world()
    const solution = await solve()
    const changes: readonly [RegExp, string][] = [
      [/"cost":\d+/, '"cost":1'],
      [/"nonce":"\w+"/, `"nonce":"${'ab'.repeat(16)}"`],
      [/"keyPrefix":"\w+"/, `"keyPrefix":"${'00'.repeat(16)}"`],
      [/"keySignature":"\w+"/, `"keySignature":"${'00'.repeat(32)}"`],
      [/"signature":"\w+"/, `"signature":"${'00'.repeat(32)}"`],
      [/"cost":/, '"more":1,"cost":'],
      [/"derivedKey":"\w+"/, `"derivedKey":"${'00'.repeat(32)}"`],
      [/"counter":\d+/, '"counter":-1'],
      [/"solution":/, '"other":'],
    ]
    for (const [found, instead] of changes)
      assert.equal(await desk.verify(altered(solution, found, instead), 'sign'), 'wrong')
    assert.equal(await world().desk.verify(solution, 'sign'), 'wrong')
    assert.equal(await desk.verify(solution, 'sign'), 'done')
  })

  it('refuses any text that is no solution', async () => {
    const { desk } = world()
    const deep = Buffer.from('['.repeat(1400)).toString('base64')
    for (const text of ['', 'AA==', deep, 'a'.repeat(100_000), 'bnVsbA=='])
      assert.equal(await desk.verify(text, 'sign'), 'wrong')
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String(), fc.json()), async (text) => {
        assert.equal(await desk.verify(text, 'sign'), 'wrong')
        assert.equal(await desk.verify(Buffer.from(text).toString('base64'), 'sign'), 'wrong')
      }),
    )
  })

  it('refuses when it can remember no more, and takes again when those have expired', async () => {
    const { desk, solve, pass } = world(1)
    const [one, two] = [await solve(), await solve()]
    assert.equal(await desk.verify(one, 'sign'), 'done')
    assert.equal(await desk.verify(two, 'sign'), 'expired')
    assert.equal(await desk.verify(one, 'sign'), 'spent')
    pass(WORK_MS + 120_000)
    assert.equal(await desk.verify(await solve(), 'sign'), 'done')
  })

  it('refuses a short secret', () => {
    const clock = { now: () => instant(START), monotonic: () => millis(0) }
    assert.throws(() => openWork({ clock, secret: 'short' }), RangeError)
  })
})

describe('solveWork()', () => {
  it('tells how far it is, and stops when it is asked to', async () => {
    const { desk } = world()
    const controller = new AbortController()
    let tries = 0
    const solving = solveWork(await desk.challenge('sign'), {
      signal: controller.signal,
      onProgress: (count) => {
        tries = count
        if (count === 1) controller.abort(new Error('gone'))
      },
    })
    await assert.rejects(solving, /gone/)
    assert.equal(tries, 1)
  })

  it('refuses what is no challenge', async () => {
    for (const value of [null, {}, { parameters: {}, signature: '' }, { parameters: { algorithm: 'SHA-256' } }])
      await assert.rejects(solveWork(value, { signal: AbortSignal.timeout(1000) }), /another form/)
  })

  it('refuses a challenge of which one member is of another form', async () => {
    const { desk } = world()
    const json = JSON.stringify(await desk.challenge('sign'))
    const changes: readonly [RegExp, string][] = [
      [/"PBKDF2\/SHA-256"/, '"SCRYPT"'],
      [/"cost":\d+/, '"cost":1000000'],
      [/"cost":\d+/, '"cost":"1000"'],
      [/"data":\{[^}]*\}/, '"data":null'],
      [/"until":\d+/, '"until":1.5'],
      [/"keyLength":\d+/, '"keyLength":0'],
      [/"keyPrefix":"\w+"/, '"keyPrefix":7'],
      [/"nonce":"\w+",/, ''],
      [/"salt":"\w+"/, `"salt":"${'a'.repeat(1000)}"`],
      [/"signature":"\w+"/, '"signature":null'],
    ]
    for (const [found, instead] of changes) {
      const other = json.replace(found, instead)
      assert.notEqual(other, json)
      await assert.rejects(solveWork(JSON.parse(other), { signal: AbortSignal.timeout(1000) }), /another form/, other)
    }
  })
})
