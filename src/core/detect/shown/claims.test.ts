import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS } from '../../model/duration.ts'
import type { CauseWord } from '../../model/incident/cause.ts'
import type { CoverageDay, JudgedClaim } from '../../model/incident/claim.ts'
import type { Claim, Statement } from '../../model/tables/record.ts'
import { instant, parseAsn, parseInstant } from '../../model/units.ts'
import { judgeClaims, type ClaimIncident, type ClaimOptions, type MeasuredRecord } from './claims.ts'
import { localDayEnd, localDayStart } from './local-day.ts'

const ZONE = 'Asia/Almaty'
const OPTIONS: ClaimOptions = { zone: ZONE, owner: (asn) => `owner of ${asn}`, vpn: ['vpn-one'], simulated: false }
const words = { kk: 'Сөз', ru: 'Слово', en: 'Word' }

const claim = (more: Partial<Claim>): Claim => ({
  id: 'claim',
  text: words,
  test: 'service-restricted',
  services: ['youtube'],
  since: '2025-03-05',
  until: '2025-03-05',
  ...more,
})
const statement = (...claims: readonly Claim[]): Statement => ({
  id: 'statement',
  at: '2025-03-06',
  speaker: 'user',
  who: words,
  summary: words,
  source: { title: 'a test', checked: true },
  claims: [...claims],
})

const edge = (at: string): ClaimIncident['start'] => {
  const time = parseInstant(at)
  return {
    kind: 'dated',
    median: time,
    lo95: instant(time - 300_000),
    hi95: instant(time + 300_000),
    bracket: [instant(time - 600_000), instant(time + 600_000)],
  }
}
let made = 0
const incident = (more: Partial<Omit<ClaimIncident, 'cause'>> & { readonly word?: CauseWord } = {}): ClaimIncident => {
  const { word = 'blocking', ...rest } = more
  return {
    id: `incident-${++made}`,
    service: 'youtube',
    state: 'restricted',
    running: false,
    start: edge('2025-03-05T15:02:00Z'),
    end: edge('2025-03-05T17:04:00Z'),
    probesFailed: 5,
    withdrawn: false,
    simulated: false,
    cause: { word },
    ...rest,
  }
}
/** Two networks of two owners, every hour of the days around 5 March 2025. */
const watchedDays = (service = 'youtube', more: Partial<CoverageDay> = {}): readonly CoverageDay[] =>
  [64496, 64497].flatMap((asn) =>
    ['2025-03-03', '2025-03-04', '2025-03-05', '2025-03-06'].map((day) => ({
      service,
      asn: parseAsn(asn),
      day: parseInstant(day),
      hours: 24,
      probes: 3,
      simulated: false,
      ...more,
    })),
  )

const judge = (one: Claim, measured: Partial<MeasuredRecord>, options: Partial<ClaimOptions> = {}): JudgedClaim => {
  const [found] = judgeClaims(
    [statement(one)],
    { incidents: [], coverage: [], ...measured },
    { ...OPTIONS, ...options },
  )
  assert.ok(found)
  return found
}
const said = (one: JudgedClaim): string => `${one.finding} ${one.reason}`

describe('a claim without measurements', () => {
  it('has no data, no matter who made it', () => {
    for (const test of ['service-restricted', 'no-measures', 'technical-fault', 'blocking'] as const)
      assert.equal(said(judge(claim({ test }), {})), 'no-data not-watched', test)
  })

  it('is not answered by measurements of another day, another service or another world', () => {
    for (const test of ['service-restricted', 'no-measures', 'technical-fault', 'blocking'] as const)
      for (const other of [
        incident({ start: edge('2025-03-07T15:00:00Z'), end: edge('2025-03-07T17:00:00Z') }),
        incident({ service: 'telegram' }),
        incident({ simulated: true }),
        incident({ withdrawn: true }),
      ])
        assert.equal(judge(claim({ test }), { incidents: [other] }).finding, 'no-data', test)
  })

  it('about a motive, an order, a law or a coincidence is not testable, with any measurements', () => {
    const measured = { incidents: [incident()], coverage: watchedDays() }
    assert.equal(said(judge(claim({ test: 'none' }), measured)), 'not-testable not-a-measurement')
    assert.equal(said(judge(claim({ test: 'coincides' }), measured)), 'not-testable needs-coincidence')
  })
})

describe('"services do not open"', () => {
  it('is supported by a restriction of any cause, a fault too, because it says nothing of the cause', () => {
    for (const word of ['blocking', 'not-determined', 'fault'] as const)
      assert.equal(said(judge(claim({}), { incidents: [incident({ word })] })), 'supported restricted-seen', word)
  })

  it('is contradicted only where two owners were watched in full and nothing was found', () => {
    assert.equal(said(judge(claim({}), { coverage: watchedDays() })), 'contradicted nothing-seen')
    for (const thin of [
      watchedDays().filter(({ asn }) => asn === 64496),
      watchedDays('youtube', { probes: 1 }),
      watchedDays('youtube', { hours: 22 }),
      watchedDays().filter(({ day }) => day !== parseInstant('2025-03-05')),
    ])
      assert.equal(said(judge(claim({}), { coverage: thin })), 'no-data not-watched')
  })

  it('takes two networks of one owner for one', () => {
    const found = judge(claim({}), { coverage: watchedDays() }, { owner: () => 'one group' })
    assert.equal(said(found), 'no-data not-watched')
  })

  it('rests on no incident below the floor, and such an incident does not let "nothing" be said', () => {
    for (const thin of [incident({ state: 'insufficient' }), incident({ probesFailed: 1 })])
      assert.equal(
        said(judge(claim({}), { incidents: [thin], coverage: watchedDays() })),
        'not-testable too-few-probes',
      )
  })

  it('with several services gets one answer only where those measured agree', () => {
    const both = claim({ services: ['youtube', 'telegram'] })
    assert.equal(said(judge(both, { incidents: [incident()] })), 'supported restricted-seen')
    assert.equal(
      said(judge(both, { incidents: [incident()], coverage: watchedDays('telegram') })),
      'not-testable services-differ',
    )
    assert.equal(said(judge(both, { coverage: watchedDays() })), 'no-data not-watched')
  })
})

describe('"no measures were taken"', () => {
  const denied = claim({ test: 'no-measures' })

  it('is contradicted by the word blocking and by no other word', () => {
    assert.equal(said(judge(denied, { incidents: [incident()] })), 'contradicted cause-blocking')
    assert.equal(
      said(judge(denied, { incidents: [incident({ word: 'not-determined' })], coverage: watchedDays() })),
      'not-testable cause-open',
    )
    assert.equal(
      said(judge(denied, { incidents: [incident({ word: 'insufficient' })], coverage: watchedDays() })),
      'not-testable cause-open',
    )
  })

  it('is supported only by a watched period with nothing but faults in it', () => {
    assert.equal(said(judge(denied, { coverage: watchedDays() })), 'supported nothing-seen')
    const fault = [incident({ word: 'fault' })]
    assert.equal(said(judge(denied, { incidents: fault, coverage: watchedDays() })), 'supported no-restriction-seen')
    assert.equal(said(judge(denied, { incidents: fault })), 'no-data not-watched')
  })

  it('without named services is never supported by a lack of findings, because not everything is watched', () => {
    const all = claim({ test: 'no-measures', services: [] })
    assert.equal(said(judge(all, { coverage: watchedDays() })), 'no-data not-watched')
    assert.equal(said(judge(all, { incidents: [incident()] })), 'contradicted cause-blocking')
  })
})

describe('"it was a fault" and "it was blocking"', () => {
  it('are judged by one rule with the words changed over', () => {
    const swap = { blocking: 'fault', fault: 'blocking' } as const
    const sets: readonly (readonly CauseWord[])[] = [
      [],
      ['blocking'],
      ['fault'],
      ['not-determined'],
      ['blocking', 'fault'],
      ['blocking', 'not-determined'],
      ['fault', 'not-determined'],
    ]
    for (const set of sets)
      for (const coverage of [[], watchedDays()]) {
        const found = judge(claim({ test: 'blocking' }), { incidents: set.map((word) => incident({ word })), coverage })
        const swapped = set.map((word) =>
          incident({ word: word === 'blocking' || word === 'fault' ? swap[word] : word }),
        )
        const mirror = judge(claim({ test: 'technical-fault' }), { incidents: swapped, coverage })
        assert.equal(found.finding, mirror.finding, set.join(' '))
      }
  })

  it('are supported by their own word, contradicted by the other, and left open between', () => {
    const fault = claim({ test: 'technical-fault' })
    assert.equal(said(judge(fault, { incidents: [incident({ word: 'fault' })] })), 'supported cause-fault')
    assert.equal(said(judge(fault, { incidents: [incident()] })), 'contradicted cause-blocking')
    assert.equal(said(judge(fault, { incidents: [incident({ word: 'not-determined' })] })), 'not-testable cause-open')
    const both = [incident(), incident({ word: 'fault' })]
    assert.equal(said(judge(fault, { incidents: both })), 'not-testable causes-differ')
    assert.deepEqual(
      judge(fault, { incidents: both }).incidents,
      both.map(({ id }) => id),
    )
  })
})

describe('"they were blocked" and "they failed by a fault" of several services', () => {
  it('are not supported by one of them while another was watched and stayed open', () => {
    for (const [test, word] of [
      ['blocking', 'blocking'],
      ['technical-fault', 'fault'],
    ] as const) {
      const both = claim({ test, services: ['youtube', 'telegram'] })
      const incidents = [incident({ word })]
      assert.equal(judge(both, { incidents }).finding, 'supported', test)
      assert.equal(
        said(judge(both, { incidents, coverage: watchedDays('telegram') })),
        'not-testable services-differ',
        test,
      )
    }
  })
})

describe('"VPN services do not open"', () => {
  const vpn = claim({ test: 'vpn-restricted', services: [] })

  it('is answered by VPN services alone, not by other services and not by the sites of vendors', () => {
    const others = [incident(), incident({ service: 'web:vpn.example' })]
    assert.equal(said(judge(vpn, { incidents: others })), 'no-data not-watched')
    assert.equal(said(judge(vpn, { incidents: [incident({ service: 'vpn-one' })] })), 'supported restricted-seen')
    assert.equal(said(judge(vpn, { coverage: watchedDays('vpn-one') })), 'contradicted nothing-seen')
  })

  it('has no data where no VPN service is measured at all', () => {
    assert.equal(said(judge(vpn, { incidents: [incident()] }, { vpn: [] })), 'no-data no-vpn')
  })
})

describe('"in the evening"', () => {
  const evening = claim({ test: 'evening-window', hours: [20, 24], since: '2025-03-01', until: '2025-03-31' })
  const starts = (...hours: readonly number[]): readonly ClaimIncident[] =>
    hours.map((hour, index) => {
      const at = new Date(Date.UTC(2025, 2, 2 + index, hour, 10)).toISOString()
      return incident({ start: edge(at), end: edge(new Date(Date.parse(at) + 7_200_000).toISOString()) })
    })

  it('counts local hours: 15:10 UTC is ten past eight in Almaty', () => {
    assert.equal(said(judge(evening, { incidents: starts(15, 15, 15, 16, 4) })), 'supported hours-inside')
    assert.equal(said(judge(evening, { incidents: starts(4, 5, 14, 9, 15) })), 'contradicted hours-outside')
    assert.equal(said(judge(evening, { incidents: starts(15, 15, 15, 4, 4) })), 'not-testable hours-mixed')
  })

  it('takes what began on several networks within an hour for one start', () => {
    const evenings = starts(15, 15, 15, 15)
    const everywhere = evenings.flatMap((one) => [one, { ...one, id: `${one.id}-2` }, { ...one, id: `${one.id}-3` }])
    assert.equal(said(judge(evening, { incidents: everywhere })), 'no-data too-few-starts')
  })

  it('wants five starts dated within two hours, and counts no fault', () => {
    assert.equal(said(judge(evening, { incidents: starts(15, 15, 15, 15) })), 'no-data too-few-starts')
    const vague = starts(15, 15, 15, 15, 15).map((one) => ({
      ...one,
      start: { ...one.start, hi95: instant((one.start.median ?? 0) + DAY_MS) },
    }))
    assert.equal(judge(evening, { incidents: vague }).finding, 'no-data')
    const faults = starts(15, 15, 15, 15, 15).map((one) => ({ ...one, cause: { word: 'fault' as const } }))
    assert.equal(judge(evening, { incidents: faults }).finding, 'no-data')
  })
})

describe('the period of a claim', () => {
  const iso = (at: number): string => new Date(at).toISOString()

  it('is days of Almaty, before and after the change of 2024', () => {
    assert.equal(iso(localDayStart('2018-03-13', ZONE)), '2018-03-12T18:00:00.000Z')
    assert.equal(iso(localDayEnd('2018-03-13', ZONE)), '2018-03-13T18:00:00.000Z')
    assert.equal(iso(localDayStart('2024-02-29', ZONE)), '2024-02-28T18:00:00.000Z')
    assert.equal(iso(localDayEnd('2024-02-29', ZONE)), '2024-02-29T19:00:00.000Z')
    assert.equal(iso(localDayStart('2025-03-05', ZONE)), '2025-03-04T19:00:00.000Z')
  })

  it('without days is what the date of the statement spans, and never goes beyond it', () => {
    const { since: _since, until: _until, ...bare } = claim({})
    const year: Statement = { ...statement(bare), at: '2018' }
    const after: Statement = { ...statement({ ...bare, since: '2018-03-13' }), at: '2018-05' }
    const [whole, part] = judgeClaims([year, after], { incidents: [], coverage: [] }, OPTIONS)
    assert.deepEqual(
      [whole?.period.from, whole?.period.until].map((at) => iso(at ?? 0)),
      ['2018-01-01T00:00:00.000Z', '2019-01-01T00:00:00.000Z'],
    )
    assert.equal(iso(part?.period.until ?? 0), '2018-06-01T00:00:00.000Z')
  })

  it('takes in an incident that still runs', () => {
    const open = { kind: 'open' as const, bracket: [undefined, undefined] as const }
    const running = incident({ start: edge('2025-03-01T15:00:00Z'), end: open, running: true })
    assert.equal(judge(claim({}), { incidents: [running] }).finding, 'supported')
  })
})
