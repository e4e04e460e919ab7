import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after as afterAll, before, describe, it } from 'node:test'
import { HALVES, TARGET_HALVES, type Reading } from '../../core/model/measured/reading.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { Verdict } from '../../core/model/measured/verdict.ts'
import { after, DAY, judged } from '../../../test/kit/measured/judged.ts'
import { WAREHOUSE_KINDS, warehousesOf } from '../../../test/kit/stores/clickhouse-server.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { pairRows } from '../../../test/kit/measured/pair-rows.ts'
import type { Judged } from './contract.ts'

const AS = parseAsn('AS9198')
const period = { since: DAY, until: instant(DAY + 86_400_000), simulated: false }

function made(leafIndex: number, verdict: Partial<Verdict>, probe?: string): Judged {
  const row = judged({ leafIndex, verdict })
  return { ...row, head: { ...row.head, ...(probe === undefined ? {} : { probe, scheduled: true }) } }
}

const ROWS: readonly Judged[] = [
  { ...made(0, { kind: 'reachable' }, 'aaaaaaaa'), observations: pairRows({ target: 0.3, control: 0.1 }) },
  made(
    1,
    {
      kind: 'interfered',
      mechanism: 'tls.timeout.sni',
      log10Lr: 1.65,
      grounds: [{ fact: 'tls.innocent-passed', role: 'control', values: {} }],
    },
    'bbbbbbbb',
  ),
  made(2, { kind: 'unreachable', log10Lr: 0 }, 'aaaaaaaa'),
  made(3, { kind: 'not-judged' }, 'aaaaaaaa'),
  made(4, {
    kind: 'inconclusive',
    mechanism: 'fault.client',
    grounds: [{ fact: 'line.nothing-works', role: 'decisive', values: {} }],
  }),
  { ...judged({ leafIndex: 5, simulated: true }) },
  judged({ leafIndex: 6, service: 'telegram', verdict: { kind: 'reachable' } }),
]

for (const kind of WAREHOUSE_KINDS)
  describe(`readings of a warehouse, ${kind}`, () => {
    const warehouses = warehousesOf(kind)
    before(() => warehouses.begin())
    afterAll(() => warehouses.end())
    it('are the same from the tables, from columns and from memory', { timeout: 60_000 }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kuager-readings-'))
      try {
        await using warehouse = await warehouses.open(folder)
        await warehouse.insert(ROWS)
        const rows = await warehouse.readings('youtube', AS, period)
        assert.deepEqual(rows, await memoryWarehouse(ROWS).readings('youtube', AS, period))
        assert.deepEqual(
          rows.map(({ target, control, canary, probe }) => [target, control, canary, probe]),
          [
            ['ok', 'ok', 'none', 'aaaaaaaa'],
            ['fail', 'ok', 'none', 'bbbbbbbb'],
            ['fail', 'fail', 'none', 'aaaaaaaa'],
            ['none', 'none', 'fail', ''],
          ],
        )
        // The detector knows these bits by the order of the words in the model.
        const bits = ({ target, control, canary, scheduled }: Reading): number =>
          TARGET_HALVES.indexOf(target) +
          4 * HALVES.indexOf(control) +
          16 * HALVES.indexOf(canary) +
          (scheduled ? 128 : 0)
        const of = { service: 'youtube', asn: AS }
        const columns = {
          size: 4,
          at: Float64Array.from(rows, ({ at }) => at),
          probe: Int32Array.of(0, 1, 0, -1),
          outcome: Uint8Array.from(rows, bits),
          log10Lr: Float32Array.of(-1.5, 1.65, Number.NaN, Number.NaN),
          lnRatio: Float32Array.of(Math.log(3), Number.NaN, Number.NaN, Number.NaN),
          lnControl: Float32Array.of(Math.log(0.1), Number.NaN, Number.NaN, Number.NaN),
          mechanism: Int16Array.of(-1, 0, -1, -1),
          probes: ['aaaaaaaa', 'bbbbbbbb'],
          mechanisms: ['tls.timeout.sni'],
        }
        assert.deepEqual(await warehouse.readingColumns([of, { service: 'signal', asn: AS }], period), [
          { ...of, columns },
        ])
        assert.deepEqual(await warehouse.counts([of, { service: 'telegram', asn: AS }], period), [
          { service: 'telegram', asn: AS, country: 'KZ', ok: 1, failed: 0, probes: 0 },
          { service: 'youtube', asn: AS, country: 'KZ', ok: 1, failed: 2, probes: 2 },
        ])
        const verdicts = await warehouse.verdicts('youtube', AS, { ...period, most: 100 })
        assert.deepEqual(
          verdicts.map(({ provenance, verdict }) => [provenance.id, verdict.kind]),
          ROWS.slice(0, 5).map(({ provenance, verdict }) => [provenance.id, verdict.kind]),
        )
        assert.equal((await warehouse.verdicts('youtube', AS, { ...period, most: 2 })).length, 2)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    })

    it('tell which series a later insertion touched', { timeout: 60_000 }, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'kuager-readings-'))
      try {
        await using warehouse = await warehouses.open(folder)
        await warehouse.insert(ROWS)
        const all = await warehouse.seriesKeys()
        assert.deepEqual(
          all.map(({ service, simulated, count }) => [service, simulated, count]),
          [
            ['telegram', false, 1],
            ['youtube', false, 5],
            ['youtube', true, 1],
          ],
        )
        const last = Math.max(...all.map(({ insertion }) => insertion))
        assert.deepEqual(await warehouse.seriesKeys(last), [])
        await warehouse.insert([judged({ leafIndex: 7, service: 'telegram' })])
        const [touched, ...more] = await warehouse.seriesKeys(last)
        assert.deepEqual([touched?.service, touched?.latest, more], ['telegram', after(7), []])
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    })
  })
