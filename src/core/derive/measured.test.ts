import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after as afterAll, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { emptyWarehouse } from '../../../test/kit/measured/empty-warehouse.ts'
import { DAY, judged } from '../../../test/kit/measured/judged.ts'
import { pairRows } from '../../../test/kit/measured/pair-rows.ts'
import { defined } from '../model/defined.ts'
import { MINUTE_MS } from '../model/duration.ts'
import type { Provenance } from '../model/measured/measurement.ts'
import { formatSubmittedBy, STANDINGS } from '../model/standing.ts'
import { instant, parseAsn, parseCountryCode } from '../model/units.ts'
import type { Verdict } from '../model/measured/verdict.ts'
import { digest } from '../../pipeline/judge/judge-bytes.ts'
import type { Judged, Warehouse } from '../../store/warehouse/contract.ts'
import { openWarehouse } from '../../store/warehouse/open.ts'
import { measuredOf, MeasuredSet } from './measured.ts'

const SERVICES = ['youtube', 'telegram', 'wikipedia']
const NETWORKS = ['AS9198', 'AS29355']

const VERDICTS: readonly Partial<Verdict>[] = [
  { kind: 'reachable', log10Lr: -1.08 },
  {
    kind: 'interfered',
    mechanism: 'tls.timeout.sni',
    log10Lr: 1.65,
    grounds: [{ fact: 'tls.innocent-passed', role: 'control', values: {} }],
  },
  {
    kind: 'interfered',
    mechanism: 'http.blockpage',
    log10Lr: 2,
    grounds: [{ fact: 'http.fingerprint', role: 'decisive', values: {} }],
  },
  { kind: 'unreachable', log10Lr: 0, mechanism: 'tls.timeout' },
  { kind: 'not-judged' },
  { kind: 'inconclusive' },
  {
    kind: 'inconclusive',
    mechanism: 'fault.client',
    grounds: [{ fact: 'line.nothing-works', role: 'decisive', values: {} }],
  },
]

const SENDERS: readonly Pick<Provenance, 'channel' | 'origin'>[] = [
  { channel: 'file', origin: 'unsigned:' },
  { channel: 'ooni-bucket', origin: 'raw/20250115/x.jsonl.gz' },
  ...STANDINGS.flatMap((standing) =>
    [undefined, 'd0011223344556677', 'dfedcba9876543210'].map((device) => ({
      channel: 'collector' as const,
      origin: formatSubmittedBy({
        standing,
        pseudonym: '0123456789abcdef',
        ...defined({ device }),
      }),
    })),
  ),
]

/** A measurement of few services, times and probes, so that many share them. */
const measurement = fc.record({
  leafIndex: fc.nat(60),
  service: fc.constantFrom(...SERVICES),
  asn: fc.constantFrom(...NETWORKS),
  minute: fc.nat(12),
  simulated: fc.boolean(),
  verdict: fc.constantFrom(...VERDICTS),
  probe: fc.constantFrom('aaaaaaaa', 'bbbbbbbb', 'cccccccc', undefined),
  sender: fc.constantFrom(...SENDERS),
  country: fc.constantFrom('KZ', 'KG'),
  scheduled: fc.boolean(),
  pair: fc.option(fc.record({ target: fc.constantFrom(0.1, 0.3), control: fc.constantFrom(0.1, 0.2) }), {
    nil: undefined,
  }),
})

function made(one: typeof measurement extends fc.Arbitrary<infer T> ? T : never): Judged {
  const at = instant(DAY + one.minute * MINUTE_MS)
  const row = judged({ ...one, at })
  return {
    ...row,
    provenance: { ...row.provenance, id: digest(`leaf ${one.leafIndex}`), ...one.sender },
    head: {
      ...row.head,
      probeCc: parseCountryCode(one.country),
      scheduled: one.scheduled,
      ...defined({ probe: one.probe }),
    },
    observations: one.pair === undefined ? [] : pairRows(one.pair),
  }
}

describe('MeasuredSet', { timeout: 480_000 }, () => {
  let folder = ''
  let warehouse: Warehouse
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-measured-'))
    warehouse = await openWarehouse(folder, { threads: 1 })
  })
  afterAll(async () => {
    await warehouse[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  it('answers as the warehouse does, for any measurements, by any senders and in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(measurement, { minLength: 1, maxLength: 60 }),
        fc.nat(12),
        fc.nat(12),
        fc.integer({ min: 1, max: 8 }),
        async (all, since, length, most) => {
          await emptyWarehouse(warehouse)
          const rows = all.map(made)
          // Of two with one leaf, the later insertion stands.
          for (const row of rows) await warehouse.insert([row])
          const set = new MeasuredSet(rows.map(measuredOf))
          const period = {
            since: instant(DAY + since * MINUTE_MS),
            until: instant(DAY + (since + length) * MINUTE_MS),
          }
          for (const simulated of [false, true]) {
            const of = SERVICES.flatMap((service) =>
              NETWORKS.map((asn) => ({ service, asn: parseAsn(asn), simulated })),
            )
            const asked = { ...period, simulated }
            const columns = await warehouse.readingColumns(of, asked)
            for (const series of of) {
              const { service, asn } = series
              const stored = columns.find((one) => one.service === service && one.asn === asn)
              const own = set.columns(series, period)
              if (stored === undefined) assert.equal(own.size, 0)
              else assert.deepEqual(own, stored.columns)
              assert.deepEqual(set.readings(series, period), await warehouse.readings(service, asn, asked))
              assert.deepEqual(
                set.verdicts(series, period, most).map(({ leafIndex, verdict }) => [leafIndex, verdict]),
                (await warehouse.verdicts(service, asn, { ...asked, most })).map(({ leafIndex, verdict }) => [
                  leafIndex,
                  verdict,
                ]),
              )
            }
            const byName = (counts: Awaited<ReturnType<Warehouse['counts']>>): readonly unknown[] =>
              counts.toSorted((a, b) => a.asn - b.asn || (a.service < b.service ? -1 : 1))
            assert.deepEqual(byName(set.counts(of, period)), byName(await warehouse.counts(of, asked)))
          }
        },
      ),
      { numRuns: 8 },
    )
  })
})
