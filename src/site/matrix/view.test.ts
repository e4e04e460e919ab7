import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serviceName } from '../../core/text/names.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { MatrixCell } from '../../store/warehouse/contract.ts'
import { matrixView } from './view.ts'
import { lastDays } from '../query.ts'

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
