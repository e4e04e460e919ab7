import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { judge } from '../../src/core/judge/judge.ts'
import type { Observation } from '../../src/core/model/measured/observation.ts'
import type { Verdict } from '../../src/core/model/measured/verdict.ts'
import { observe } from '../../src/core/observe/observe.ts'
import { decodeMeasurement } from '../../src/core/ooni/decode/decode.ts'
import { publicForm } from '../../src/core/ooni/publish/public-form.ts'
import { openCertificates } from '../../src/runtime/certificates.ts'
import { loadTables } from '../../src/runtime/tables/tables.ts'
import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint } from '../kit/measured/kuager-endpoint.ts'
import { KUAGER_ANY_NAME } from './kuager-any-name.ts'
import { KUAGER_BLOCKED } from './kuager-blocked.ts'
import { KUAGER_BLOCKED_BESIDES } from './kuager-blocked-besides.ts'
import { KUAGER_FLOWS } from './kuager-flows.ts'
import { KUAGER_HOSTS_BLOCKED, KUAGER_HOSTS_QUIET } from './kuager-hosts.ts'
import { KUAGER_NOT_BLOCKED } from './kuager-not-blocked.ts'
import { KUAGER_OWN_LINE } from './kuager-own-line.ts'
import { KUAGER_SILENCE_BY_NAME, KUAGER_SILENCE_OF_SERVERS } from './kuager-silence.ts'

const tables = loadTables()
const certificates = openCertificates()
const QUIET = [
  ...KUAGER_NOT_BLOCKED,
  ...KUAGER_ANY_NAME,
  ...KUAGER_OWN_LINE,
  ...KUAGER_FLOWS,
  ...KUAGER_SILENCE_OF_SERVERS,
  ...KUAGER_HOSTS_QUIET,
]
const BLOCKED = [...KUAGER_BLOCKED, ...KUAGER_BLOCKED_BESIDES, ...KUAGER_SILENCE_BY_NAME, ...KUAGER_HOSTS_BLOCKED]
const ALL = [...BLOCKED, ...QUIET]

function rowsOf(json: unknown) {
  const decoded = decodeMeasurement(json)
  if (decoded.kind !== 'measurement') throw new TypeError('the builder makes measurements')
  return { head: decoded.head, rows: observe(decoded, certificates) }
}

const short = ({ kind, rule, mechanism, layer }: Verdict): unknown => ({ kind, rule, mechanism, layer })

/** Rows that a verdict names as what it was compared with. */
const controlsOf = (verdict: Verdict): ReadonlySet<string> =>
  new Set(verdict.grounds.flatMap(({ role, source }) => (role === 'control' && source !== undefined ? [source] : [])))

/** Takes away what a verdict was compared with until it names nothing more; gives the last verdict. */
function withoutControls(head: Parameters<typeof judge>[0], rows: readonly Observation[]): Verdict {
  let left = rows
  for (let step = 0; step < 100; step++) {
    const verdict = judge(head, left, tables)
    const named = controlsOf(verdict)
    if (verdict.kind !== 'interfered' || named.size === 0) return verdict
    left = left.filter((row) => !named.has(row.source))
  }
  throw new TypeError('every step takes away a row')
}

describe('judge(), measurements of our own probe', () => {
  it('rests on at least thirty documents that are interfered with and thirty that are not', () => {
    assert.ok(BLOCKED.length >= 30, `${BLOCKED.length}`)
    assert.ok(QUIET.length >= 30, `${QUIET.length}`)
    assert.equal(new Set(ALL.map(({ name }) => name)).size, ALL.length)
  })

  it('counts no data centre over IPv6 that was not reached where those over IPv4 were, and lowers what the list doubts', () => {
    const verdictOf = (name: RegExp): Verdict => {
      const scenario = KUAGER_HOSTS_QUIET.find((one) => name.test(one.name))
      assert.ok(scenario !== undefined)
      const { head, rows } = rowsOf(scenario.measurement)
      return judge(head, rows, tables)
    }
    const silent = verdictOf(/over IPv6, each does over IPv4/)
    assert.deepEqual(silent.endpoints, { tested: 5, failed: 0 })
    assert.equal(silent.layers.filter(({ rule }) => rule === 'tcp.other-family-open').length, 4)
    const doubted = verdictOf(/not sure is reset/)
    assert.ok(doubted.layers.some(({ rule, state }) => rule === 'host.unverified' && state === 'inconclusive'))
    for (const { layers } of [silent, doubted]) assert.ok(layers.every(({ state }) => state !== 'interfered'))
  })

  for (const scenario of BLOCKED)
    it(`${scenario.name}: nothing is left of it without what it was compared with`, () => {
      const { head, rows } = rowsOf(scenario.measurement)
      const verdict = withoutControls(head, rows)
      if (scenario.artefact === true) return assert.equal(verdict.kind, 'interfered')
      assert.notEqual(verdict.kind, 'interfered', JSON.stringify(short(verdict)))
      assert.ok(verdict.kind === 'inconclusive' || verdict.kind === 'reachable', verdict.kind)
    })

  for (const scenario of ALL)
    it(`${scenario.name}: the public form gives the same verdict`, () => {
      const text = publicForm(scenario.measurement)
      assert.doesNotMatch(text, /x_key|x_signature/)
      assert.match(text, /"x_probe":"0123456789abcdef"/)
      assert.equal(publicForm(JSON.parse(text)), text)
      const before = rowsOf(scenario.measurement)
      const after = rowsOf(JSON.parse(text))
      assert.deepEqual(judge(after.head, after.rows, tables), judge(before.head, before.rows, tables))
    })

  for (const scenario of ALL)
    it(`${scenario.name}: failures over IPv6 on a line without it change nothing`, () => {
      const { head, rows } = rowsOf(scenario.measurement)
      if (head.line?.ipv6 === true) return
      const failure = { code: 'generic_timeout_error', raw: 'generic_timeout_error' } as const
      const broken = rows.flatMap((row) =>
        row.side === 'probe' && 'address' in row && (row.kind === 'tcp' || row.kind === 'tls' || row.kind === 'quic')
          ? [{ ...row, source: `${row.source}/6`, address: '2a00:1450:4010:c0f::5b', family: 6 as const, failure }]
          : [],
      )
      assert.deepEqual(short(judge(head, [...rows, ...broken], tables)), short(judge(head, rows, tables)))
    })

  for (const scenario of ALL)
    it(`${scenario.name}: a foreign name at a foreign address changes nothing`, () => {
      const { head, rows } = rowsOf(scenario.measurement)
      const foreign = [...new Set(rows.map(({ part }) => part))].flatMap((part): readonly Observation[] => [
        {
          kind: 'dns',
          source: '/test_keys/x_foreign/0',
          side: 'probe',
          hop: 0,
          part,
          name: 'foreign.example',
          queryType: 'A',
          resolver: 'system',
          answers: [{ family: 4, address: '93.184.215.99' }],
          canonicalNames: [],
          duplicate: false,
        },
        {
          kind: 'tls',
          source: '/test_keys/x_foreign/1',
          side: 'probe',
          hop: 0,
          part,
          name: 'foreign.example',
          role: 'innocent',
          address: '93.184.215.99',
          port: 443,
          family: 4,
          origin: 'helper',
          certificates: [],
          chain: 'none',
          verified: false,
          answered: true,
        },
      ])
      assert.deepEqual(short(judge(head, [...rows, ...foreign], tables)), short(judge(head, rows, tables)))
    })

  it('an endpoint that is in order never takes interference away', () => {
    for (const { measurement } of BLOCKED) {
      const { head, rows } = rowsOf(measurement)
      const healthy = rowsOf(
        kuagerDocument({ endpoints: [endpoint('youtu.be', { use: 'page', addresses: ['142.250.74.110'] })] }),
      ).rows.map((row) => ({ ...row, source: row.source.replace('/endpoints/0', '/endpoints/98') }))
      assert.equal(judge(head, [...rows, ...healthy], tables).kind, 'interfered')
    }
  })

  const letter = fc.constantFrom('+', '+', '.', 'r', 'c', 'n', 'a', 'x', 'e', 'h', 'u', 's', '-')
  const word = fc.tuple(letter, letter, letter).map((letters) => letters.join(''))
  const options = fc.record({
    tls: fc.array(word, { minLength: 1, maxLength: 4 }),
    quic: fc.array(word, { maxLength: 3 }),
    crossed: fc.constantFrom('', '+.', '++', '.+', '+r'),
    neighbour: fc.constantFrom('', '+', '.', '+.'),
    control: fc.constantFrom(null, {}, { tls: '.+' }, { tls: '..' }, { quic: '++' }, { http: null }),
  })

  it('whatever the pairs say: no difference without a control, and none where the target passed at the address', () => {
    fc.assert(
      fc.property(options, (made) => {
        const { head, rows } = rowsOf(kuagerDocument({ endpoints: [endpoint('www.youtube.com', made)] }))
        const verdict = judge(head, rows, tables)
        assert.notEqual(withoutControls(head, rows).kind, 'interfered')
        if (made.tls.some((one) => one[1] === '+'))
          assert.ok(verdict.layer !== 'tls' || verdict.kind !== 'interfered', JSON.stringify(made))
        if (verdict.kind === 'interfered' && verdict.layer === 'tls' && verdict.mechanism?.endsWith('.sni') === true)
          assert.ok(verdict.grounds.some(({ fact }) => fact === 'tls.innocent-passed'))
        if (verdict.kind === 'reachable')
          assert.ok(
            made.tls.some((one) => /[+s]/.test(one[1] ?? '')),
            JSON.stringify(made),
          )
      }),
      { numRuns: 400, seed: 4 },
    )
  })

  it('losses that strike both names alike are hardly ever called interference', () => {
    // A generator of its own: every half is lost with the same probability, and the probe asks again as it does.
    let state = 12345
    const draw = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
    for (const [loss, most] of [
      [0.02, 2],
      [0.1, 4],
      [0.2, 8],
      [0.4, 20],
    ] as const) {
      let called = 0
      for (let run = 0; run < 400; run++) {
        const tls: string[] = []
        for (let round = 0; round < 3; round++) {
          const one = ['+', '+', '+'].map((pass) => (draw() < loss ? '.' : pass)).join('')
          tls.push(one)
          if (one[1] === '+') break
        }
        const { head, rows } = rowsOf(kuagerDocument({ endpoints: [endpoint('www.youtube.com', { tls })] }))
        if (judge(head, rows, tables).kind === 'interfered') called++
      }
      assert.ok(called <= most, `${called} of 400 at a loss of ${loss}`)
    }
  })
})
