import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defined } from '../../core/model/defined.ts'
import type { FailureCode } from '../../core/model/measured/failure.ts'
import type { ConnectOutcome, HandshakeOutcome } from '../../core/model/measured/operation.ts'
import { millis } from '../../core/model/units.ts'
import { measurePairs, type PairRows, type PairHandshake } from './pair.ts'

type Act = 'pass' | 'silence' | 'reset' | 'alert' | 'expired' | 'no-connection' | number

const connect: ConnectOutcome = {
  operation: 'connect',
  address: '192.0.2.1',
  port: 443,
  startedAt: millis(0),
  endedAt: millis(10),
}
const CODES: Readonly<Record<string, FailureCode>> = {
  silence: 'generic_timeout_error',
  reset: 'connection_reset',
  alert: 'ssl_alert',
  expired: 'ssl_invalid_certificate',
}

/** What one handshake left; a number is its length in milliseconds. */
function shaken(act: Act, name: string | undefined): PairHandshake {
  if (act === 'no-connection')
    return { connect: { ...connect, failure: { code: 'timed_out', stage: 'connect', detail: '' } } }
  const code = CODES[act]
  const handshake: HandshakeOutcome = {
    operation: 'handshake',
    transport: 'tcp',
    address: '192.0.2.1',
    port: 443,
    ...defined({ serverName: name }),
    alpnOffered: [],
    chain: [],
    verifies: true,
    connect,
    startedAt: millis(10),
    endedAt: millis(10 + (typeof act === 'number' ? act : 20)),
    answered: typeof act === 'number' || act === 'pass' || act === 'alert' || act === 'expired',
    bytesSent: 0,
    bytesReceived: 0,
    ...(code === undefined ? {} : { failure: { code, stage: act === 'expired' ? 'verify' : 'handshake', detail: '' } }),
  }
  return { connect, handshake }
}

interface Played extends PairRows {
  /** Names in the order in which they were sent. */
  readonly sent: readonly string[]
  readonly limits: readonly number[]
  readonly discords: number
}

/** Plays acts in their order: those of the target's handshakes and those of the control name's. */
async function play(
  target: readonly Act[],
  innocent: readonly Act[],
  begin: 'triple' | 'pair' | 'target' = 'triple',
  mayRepeat: () => boolean = () => true,
): Promise<Played> {
  const left = { target: [...target], innocent: [...innocent] }
  const sent: string[] = []
  const limits: number[] = []
  let discords = 0
  const rows = await measurePairs({
    target: 'service.example',
    innocent: () => 'innocent.example',
    limit: millis(5_000),
    begin,
    mayRepeat,
    rest: () => Promise.resolve(),
    onDiscord: () => discords++,
    shake: (name, limit) => {
      const half = name === 'service.example' ? 'target' : 'innocent'
      sent.push(half)
      limits.push(limit)
      const act = left[half].shift()
      assert.ok(act !== undefined, `no act left for the ${half} name after ${sent.join(' ')}`)
      return Promise.resolve(shaken(act, name))
    },
  })
  assert.deepEqual(left, { target: [], innocent: [] }, 'every act was played')
  return { ...rows, sent, limits, discords }
}

const roundsOf = ({ handshakes }: PairRows): readonly string[] =>
  handshakes.map(({ role, round, outcome }) => `${role}-${round} ${outcome.failure?.code ?? 'ok'}`)

describe('measurePairs()', () => {
  it('asks control, target, control once where all pass', async () => {
    const played = await play(['pass'], ['pass', 'pass'])
    assert.deepEqual(played.sent, ['innocent', 'target', 'innocent'])
    assert.equal(played.seen, 'alike')
  })

  it('confirms silence of the target by one more round with the longer limit', async () => {
    const played = await play(['silence', 'silence'], ['pass', 'pass', 'pass', 'pass'])
    assert.equal(played.seen, 'discordant')
    assert.deepEqual(played.limits, [5_000, 5_000, 5_000, 10_000, 10_000, 10_000])
    assert.deepEqual(
      roundsOf(played).filter((row) => row.startsWith('target')),
      ['target-0 generic_timeout_error', 'target-1 generic_timeout_error'],
    )
    assert.equal(played.discords, 1)
  })

  it('begins no further round, and no wait, once nothing may be repeated', async () => {
    const denied = (): boolean => false
    assert.equal((await play(['silence'], ['pass', 'pass'], 'triple', denied)).sent.length, 3)
    assert.equal((await play(['silence'], ['pass', 'silence'], 'triple', denied)).sent.length, 3)
    assert.equal((await play(['silence'], [], 'target', denied)).sent.length, 1)
    let left = 1
    const once = (): boolean => left-- > 0
    // The second round is granted; the wait for an address that has gone silent after it is not.
    assert.equal((await play(['silence'], ['pass', 'silence'], 'triple', once)).sent.length, 3)
  })

  it('lets a third round decide where the second contradicts the first', async () => {
    const played = await play(['silence', 'pass', 'pass'], ['pass', 'pass', 'pass', 'pass', 'pass', 'pass'])
    assert.equal(played.seen, 'mixed')
  })

  it('does not repeat where both names fail, and greets no server a third time', async () => {
    const played = await play(['silence'], ['silence'])
    assert.equal(played.seen, 'both-fail')
    assert.deepEqual(played.sent, ['innocent', 'target'])
  })

  it('keeps a pair in which only the control name fails, and calls it no difference', async () => {
    const played = await play(['pass'], ['silence', 'pass'])
    assert.equal(played.seen, 'alike')
    assert.deepEqual(roundsOf(played), ['innocent-0 generic_timeout_error', 'target-0 ok', 'innocent-0 ok'])
  })

  it('counts an alert to the control name as its answer', async () => {
    const played = await play(['silence', 'silence'], ['alert', 'alert', 'alert', 'alert'])
    assert.equal(played.seen, 'discordant')
  })

  it('asks a third time where the target is cut off in a full run', async () => {
    const six = ['pass', 'pass', 'pass', 'pass', 'pass', 'pass'] as const
    const cut = await play(['reset', 'reset', 'reset'], six)
    assert.equal(cut.sent.filter((role) => role === 'target').length, 3)
    const core = await play(['reset', 'reset'], six.slice(2), 'pair')
    assert.equal(core.sent.filter((role) => role === 'target').length, 2)
  })

  it('sends no name over an address that does not connect', async () => {
    const played = await play([], ['no-connection'])
    assert.equal(played.seen, 'unconnected')
    assert.deepEqual([played.handshakes.length, played.connects.length], [0, 1])
  })

  it('waits for an address that has gone silent after the target, and begins the next round with its first answer', async () => {
    const played = await play(['reset', 'reset'], ['pass', 'silence', 'silence', 'pass', 'pass'])
    assert.equal(played.residual, true)
    assert.equal(played.seen, 'discordant')
    assert.deepEqual(roundsOf(played), [
      'innocent-0 ok',
      'target-0 connection_reset',
      'innocent-0 generic_timeout_error',
      'innocent-1 ok',
      'target-1 connection_reset',
      'innocent-1 ok',
    ])
  })

  it('ends the rounds where a silent address does not come back', async () => {
    const played = await play(['reset'], ['pass', 'silence', 'silence', 'silence', 'silence', 'silence'])
    assert.equal(played.residual, true)
    assert.equal(played.handshakes.length, 3)
  })

  it('asks three times where the target is far slower, and not where the whole address is slow', async () => {
    const slow = await play([4_000, 4_000, 4_000], [50, 50, 50, 50, 50, 50])
    assert.equal(slow.seen, 'discordant')
    const evening = await play([4_000], [3_000, 3_500])
    assert.equal(evening.seen, 'alike')
  })

  it('looks twice at a chain that is refused', async () => {
    const played = await play(['expired', 'expired'], ['pass', 'pass', 'pass', 'pass'])
    assert.equal(played.seen, 'certificate')
  })

  it('spares the control in a core run until the target fails', async () => {
    assert.deepEqual((await play(['pass'], [], 'target')).sent, ['target'])
    const failing = await play(['silence', 'silence', 'silence'], ['pass', 'pass', 'pass', 'pass'], 'target')
    assert.equal(failing.seen, 'discordant')
    assert.deepEqual(roundsOf(failing).filter((row) => row.startsWith('innocent')).length, 4)
  })

  it('spares the last control of a pair in a core run where both have passed, and only there', async () => {
    assert.deepEqual((await play(['pass'], ['pass'], 'pair')).sent, ['innocent', 'target'])
    const failing = await play(['reset', 'reset'], ['pass', 'pass', 'pass', 'pass'], 'pair')
    assert.equal(failing.seen, 'discordant')
    const reversed = await play(['pass'], ['silence', 'pass'], 'pair')
    assert.equal(reversed.handshakes.length, 3)
  })

  it('waits in a core run, too, for an address that the lone target has silenced', async () => {
    const played = await play(['silence', 'silence', 'silence'], ['silence', 'pass', 'pass', 'pass', 'pass'], 'target')
    assert.equal(played.seen, 'discordant')
    assert.equal(played.residual, true)
  })

  it('rejects with the reason of a run that ends', async () => {
    const ended = new Error('the run ends')
    const settings = {
      target: 'service.example',
      innocent: () => 'innocent.example',
      limit: millis(5_000),
      begin: 'triple',
      rest: () => Promise.resolve(),
      shake: () => Promise.reject(ended),
    } as const
    await assert.rejects(measurePairs(settings), ended)
  })
})
