import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { serviceName } from '../../core/text/names.ts'
import { instant, parseAsn, parseInstant } from '../../core/model/units.ts'
import type { MatrixCell } from '../../store/warehouse/contract.ts'
import { listedEntries, matrixView } from './view.ts'
import { lastDays, periodOf } from '../query.ts'

const NOON = instant(Date.UTC(2026, 2, 5, 12))

const cell = (service: string, reachable: number): MatrixCell => ({
  service,
  asn: parseAsn(64496),
  probes: 0,
  kinds: { reachable, interfered: 0, unreachable: 0, inconclusive: 0, 'not-judged': 0 },
  simulated: false,
  latest: NOON,
})

const rows = (cells: readonly MatrixCell[]): readonly string[] =>
  matrixView(cells, {
    chosen: lastDays(NOON, 7),
    names: {
      services: [
        { id: 'youtube', name: 'YouTube', tier: 'A' },
        { id: 'nordvpn', name: 'NordVPN', tier: 'B' },
        { id: 'protocol-tor', name: 'Tor', tier: 'C' },
      ],
      networkName: () => undefined,
    },
    latest: [],
    silent: false,
    lastData: NOON,
  }).rows.map(({ service }) => service)

describe('matrixView()', () => {
  it('always shows the services of the first tier, measured or not', () => {
    assert.deepEqual(rows([]), ['youtube'])
  })

  it('has a name for the collector, which probes measure when nothing can be delivered', () => {
    assert.equal(serviceName({ services: [] }, 'collector'), 'Kuager')
    assert.equal(serviceName({ services: [] }, 'web:example.org'), 'example.org')
  })

  it('shows a service that needs a further consent where it was measured', () => {
    assert.deepEqual(rows([cell('nordvpn', 3), cell('protocol-tor', 0)]), ['youtube', 'nordvpn'])
  })
})

describe('listedEntries()', () => {
  const { finished, running, withdrawn } = SAMPLE_KINDS
  const idsOf = (day: string, lastData: string): readonly string[] =>
    listedEntries([finished, running, withdrawn], [], {
      chosen: periodOf({ since: day, until: day }),
      lastData: parseInstant(lastData),
    }).flatMap(({ incidents }) => incidents.map(({ id }) => id))

  it('lists what was found on a day that is over, and not what was withdrawn', () => {
    const on = idsOf('2026-03-05', '2026-03-07T12:00:00Z')
    assert.deepEqual(new Set(on), new Set([finished.id, running.id]))
  })

  it('does not list what goes on now for an earlier day', () => {
    assert.deepEqual(idsOf('2026-03-04', '2026-03-05T18:00:00Z'), [])
  })

  it('lists what goes on for days that are not over', () => {
    assert.deepEqual(idsOf('2026-03-05', '2026-03-05T18:00:00Z'), [running.id])
  })
})
