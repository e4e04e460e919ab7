import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defined } from '../../src/core/model/defined.ts'
import { compare, expectedKind, formatExpected, type Expected, type Got, type GotVerdict } from './expectation.ts'
import { formatMatrix } from './matrix.ts'

const verdict = (kind: string, mechanism?: string, failed = kind === 'reachable' ? 0 : 3): GotVerdict => ({
  kind,
  endpoints: { tested: 3, failed },
  ...defined({ mechanism }),
})
const GOOD = verdict('reachable')
const got = (services: Readonly<Record<string, GotVerdict>>, more: Partial<Got> = {}): Got => ({
  line: 'no-ipv6',
  services: new Map(Object.entries(services)),
  ...more,
})
const MEASURED = ['youtube', 'facebook']
const isOk = (expected: Expected, given: Got): boolean => compare(expected, given, MEASURED).ok

describe('compare()', () => {
  const dropped: Expected = { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout' }

  it('takes a mechanism that is as exact as the one expected, or more', () => {
    for (const [mechanism, ok] of [
      ['tls.timeout', true],
      ['tls.timeout.sni', true],
      ['tls', false],
      ['tls.timeouts', false],
      ['tls.reset.sni', false],
      [undefined, false],
    ] as const)
      assert.equal(isOk(dropped, got({ youtube: verdict('interfered', mechanism), facebook: GOOD })), ok, mechanism)
  })

  it('refuses a service beside the one expected that is not reachable, or of which nothing is said', () => {
    const youtube = verdict('interfered', 'tls.timeout.sni')
    assert.equal(isOk(dropped, got({ youtube, facebook: verdict('inconclusive', 'fault.path') })), false)
    assert.equal(isOk(dropped, got({ youtube, facebook: verdict('interfered', 'tls.timeout.sni') })), false)
    assert.equal(isOk(dropped, got({ youtube })), false)
    const lenient: Expected = { ...dropped, others: 'not interfered' }
    assert.equal(isOk(lenient, got({ youtube, facebook: verdict('inconclusive', 'fault.path') })), true)
    assert.equal(isOk(lenient, got({ youtube, facebook: verdict('interfered', 'tls.timeout.sni') })), false)
  })

  it('wants some endpoints failed and some not, where part of a service is expected', () => {
    const partial: Expected = { ...dropped, partial: true }
    for (const [failed, ok] of [
      [0, false],
      [1, true],
      [2, true],
      [3, false],
    ] as const) {
      const youtube = verdict('interfered', 'tls.timeout', failed)
      assert.equal(isOk(partial, got({ youtube, facebook: GOOD })), ok, `${failed} of 3`)
    }
  })

  it('takes nothing for granted: no verdicts are never as expected of services', () => {
    const nothing = got({})
    const said: readonly Expected[] = [
      dropped,
      { kind: 'reachable' },
      { kind: 'unreachable', service: 'youtube' },
      { kind: 'not interfered', reachable: 0 },
    ]
    for (const expected of said) assert.equal(isOk(expected, nothing), false, expected.kind)
    const lost: Expected = { kind: 'not interfered', reachable: 0 }
    assert.equal(isOk(lost, got({}, { line: 'ok' })), false)
    assert.equal(isOk(lost, got({}, { line: 'unstable' })), true) // then nothing had to be said of a service
  })

  it('wants the line named, and no service called anything by it', () => {
    const down: Expected = { kind: 'line', state: ['down', 'unstable'] }
    assert.equal(isOk(down, got({}, { line: 'down' })), true)
    assert.equal(isOk(down, got({ youtube: verdict('inconclusive', 'fault.client') }, { line: 'unstable' })), true)
    assert.equal(isOk(down, got({}, { line: 'ok' })), false)
    assert.equal(isOk(down, got({ youtube: GOOD }, { line: 'down' })), false)
    assert.equal(isOk(down, { services: new Map() }), false, 'a run that said nothing')
  })

  it('wants something missing of a run that was broken off', () => {
    assert.equal(isOk({ kind: 'broken off' }, got({ youtube: GOOD })), true)
    assert.equal(isOk({ kind: 'broken off' }, got({})), true)
    assert.equal(isOk({ kind: 'broken off' }, got({ youtube: GOOD, facebook: GOOD })), false)
    assert.equal(isOk({ kind: 'broken off' }, got({ youtube: verdict('interfered', 'tcp.timeout') })), false)
  })

  it('is never as expected where the run itself went wrong', () => {
    const fine = { youtube: GOOD, facebook: GOOD }
    assert.equal(isOk({ kind: 'reachable' }, got(fine)), true)
    assert.equal(isOk({ kind: 'reachable' }, got(fine, { trouble: 'exit 1' })), false)
  })
})

describe('formatExpected()', () => {
  it('holds the word "interfered" where that is expected, and only there', () => {
    const others: readonly Expected[] = [
      { kind: 'reachable' },
      { kind: 'not interfered', reachable: 1 },
      { kind: 'unreachable', service: 'youtube', others: 'not interfered' },
      { kind: 'inconclusive', service: 'youtube' },
      { kind: 'line', state: 'down' },
      { kind: 'broken off' },
    ]
    for (const one of others) assert.doesNotMatch(formatExpected(one), /interfered/)
    const one: Expected = { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' }
    assert.equal(formatExpected(one), 'youtube interfered tls.timeout.sni; others reachable')
  })
})

describe('formatMatrix()', () => {
  it('counts every service of every scenario once', () => {
    const text = formatMatrix([
      {
        pairs: [
          { expected: 'interfered', got: 'interfered' },
          { expected: 'reachable', got: 'reachable' },
          { expected: 'reachable', got: 'interfered' },
        ],
      },
      { pairs: [{ expected: 'reachable', got: 'reachable' }] },
    ])
    assert.deepEqual(
      text.split('\n').map((line) => line.split(/\s+/)),
      [
        ['expected', 'interfered', 'reachable'],
        ['interfered', '1', '·'],
        ['reachable', '1', '2'],
      ],
    )
  })

  it('knows what each expectation says of a service', () => {
    const expected: Expected = { kind: 'interfered', service: ['youtube'], mechanism: 'tcp' }
    assert.equal(expectedKind(expected, 'youtube'), 'interfered')
    assert.equal(expectedKind(expected, 'facebook'), 'reachable')
    assert.equal(expectedKind({ kind: 'not interfered', reachable: 0 }, 'facebook'), undefined)
  })
})
