import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { ProbeWorld } from '../../../test/kit/probe/probe-world.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import type { ClockOutcome } from '../../core/model/measured/operation.ts'
import { instant, millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { agreedOffset, clocksOf, type AskClock } from './clock.ts'

const base = { operation: 'clock', startedAt: millis(0), endedAt: millis(1) } as const
const silent: ClockOutcome = {
  ...base,
  server: 'silent.test',
  failure: { code: 'generic_timeout_error', stage: 'answer', detail: '' },
}

/** Clocks by their offsets in minutes; those that are silent are undefined. */
async function agree(...minutes: readonly (number | undefined)[]): Promise<readonly [string | undefined, number]> {
  let asked = 0
  const clocks = minutes.map((offset, nth): AskClock => async () => {
    asked++
    return offset === undefined ? silent : { ...base, server: `${nth}.test`, offset: millis(offset * MINUTE_MS) }
  })
  const outcome = await agreedOffset(clocks)
  const word = outcome?.offset === undefined ? outcome?.failure?.code : `${outcome.offset / MINUTE_MS}`
  return [word, asked]
}

describe('agreedOffset()', () => {
  it('is content with one clock that confirms the own to a minute', async () => {
    assert.deepEqual(await agree(0.5, 600), ['0.5', 1])
  })

  it('believes no single clock against the own where another confirms the own', async () => {
    assert.deepEqual(await agree(-600, 0.1), ['0.1', 2])
    assert.deepEqual(await agree(-600, undefined, -0.1), ['-0.1', 3])
  })

  it('believes two that say the same to a minute', async () => {
    assert.deepEqual(await agree(600, 600.5, 0), ['600', 2])
    assert.deepEqual(await agree(600, -30, 600.5), ['600', 3])
  })

  it('believes the only one that answers, and none of those that all differ', async () => {
    assert.deepEqual(await agree(undefined, 600, undefined), ['600', 3])
    assert.deepEqual(await agree(600, -30, 90), ['unknown_failure', 3])
  })

  it('says why where none answers, asks five at most, and nothing where none is listed', async () => {
    assert.deepEqual(await agree(undefined, undefined), ['generic_timeout_error', 2])
    assert.deepEqual(await agree(...Array.from({ length: 8 }, () => undefined)), ['generic_timeout_error', 5])
    assert.deepEqual(await agree(), [undefined, 0])
  })
})

describe('clocksOf()', { skip: hasProgram('openssl') ? false : 'needs openssl' }, () => {
  it('learns the time from a canary under TLS where no time server answers, and not where its certificate is refused', async () => {
    await using world = await ProbeWorld.open()
    const port = await world.openService()
    const closed = { host: 'localhost', port: await world.closedPort(), source: 'test', checked_at: '2026-11-25' }
    const controls = { ...world.controls([port, port]), clocks: [closed] }
    const ahead = { ...systemClock, now: () => instant(systemClock.now() + 30 * MINUTE_MS) }
    const tools = { clock: ahead, signal: new AbortController().signal, limit: millis(3_000) }
    const learnt = await agreedOffset(clocksOf(controls, { ...tools, extraRoots: [world.root] }))
    assert.equal(Math.round((learnt?.offset ?? 0) / MINUTE_MS), -30)
    const refused = await agreedOffset(clocksOf(controls, tools))
    assert.equal(refused?.offset, undefined)
  })
})
