import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import {
  datesBetween,
  explorerAsks,
  type ExplorerCell,
  type ExplorerChart,
  type ExplorerQuery,
} from '../../../test/kit/site/explorer-client.ts'
import { sampleRows, sampleSite } from '../../../test/kit/site/site-sample.ts'
import { openWarehouse } from '../../store/warehouse/open.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'

const MONTH = { since: '2026-02-16', until: '2026-03-16' } as const
const DAYS: ExplorerQuery = {
  ...MONTH,
  axis_x: 'measurement_start_day',
  time_grain: 'day',
  test_name: 'web_connectivity',
  probe_cc: 'KZ',
}
const COUNTS = ['ok_count', 'anomaly_count', 'confirmed_count', 'failure_count'] as const

describe('a client written after OONI Explorer', () => {
  let folder: string
  let warehouse: Warehouse
  let get: (path: string) => Promise<Response>
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-explorer-'))
    // ClickHouse, as OONI's own is: bins and their names are those of its functions.
    warehouse = await openWarehouse(folder)
    await warehouse.insert(sampleRows(true))
    const site = await sampleSite({ simulated: true, warehouse })
    get = async (path) => site.request(path)
  })
  after(async () => {
    await warehouse[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  const sum = (cells: readonly ExplorerCell[], name: (typeof COUNTS)[number] | 'measurement_count'): number =>
    cells.reduce((total, cell) => total + cell[name], 0)
  const bars = async (query: ExplorerQuery): Promise<readonly ExplorerCell[]> => {
    const chart = await explorerAsks(query, get)
    assert.equal(chart.kind, 'bars')
    return chart.kind === 'bars' ? chart.row : []
  }
  const cellsOf = (chart: ExplorerChart): readonly ExplorerCell[] =>
    chart.kind === 'grid' ? [...chart.rows.values()].flat() : chart.kind === 'bars' ? chart.row : [chart.cell]

  it('draws one bar for each day, empty ones among them, from the query of its form', async () => {
    const row = await bars(DAYS)
    assert.deepEqual(
      row.map((cell) => cell['measurement_start_day']),
      datesBetween(DAYS),
    )
    assert.ok(sum(row, 'measurement_count') > 0)
    for (const cell of row)
      assert.equal(
        cell.measurement_count,
        COUNTS.reduce((total, name) => total + cell[name], 0),
      )
  })

  it('finds hours, weeks and months where it expects them', async () => {
    for (const [grain, days] of [
      ['hour', { since: '2026-03-04', until: '2026-03-06' }],
      ['week', MONTH],
      ['month', { since: '2026-01-10', until: '2026-04-02' }],
    ] as const) {
      const query = { ...DAYS, ...days, time_grain: grain }
      const row = await bars(query)
      assert.deepEqual(
        row.map((cell) => cell['measurement_start_day']),
        datesBetween(query),
        grain,
      )
      assert.ok(sum(row, 'measurement_count') > 0, grain)
    }
  })

  it('draws a grid of two axes whose cells add up to the bars of one, and to one number without any', async () => {
    const whole = await explorerAsks({ ...DAYS, axis_x: '' }, get)
    assert.equal(whole.kind, 'funnel')
    for (const axis of ['probe_asn', 'domain', 'probe_cc', 'test_name', 'input']) {
      const grid = await explorerAsks({ ...DAYS, axis_y: axis }, get)
      assert.equal(grid.kind, 'grid')
      if (grid.kind !== 'grid') return
      for (const row of grid.rows.values())
        assert.deepEqual(
          row.map((cell) => cell['measurement_start_day']),
          datesBetween(DAYS),
        )
      for (const name of COUNTS) {
        assert.equal(sum(cellsOf(grid), name), sum(await bars(DAYS), name), `${axis} ${name}`)
        assert.equal(sum(cellsOf(grid), name), sum(cellsOf(whole), name))
      }
    }
  })

  it('compares networks, countries and tests without a time', async () => {
    for (const axis of ['probe_asn', 'probe_cc', 'test_name', 'domain', 'input']) {
      const row = await bars({ ...DAYS, axis_x: axis })
      assert.ok(row.length > 0 && row.every((cell) => cell[axis] !== undefined), axis)
    }
    const days = await explorerAsks({ ...DAYS, axis_x: 'probe_asn', axis_y: 'measurement_start_day' }, get)
    assert.equal(days.kind, 'grid')
  })

  it('asks again for what it found: a filter gives the cells of its value alone', async () => {
    for (const [axis, filter] of [
      ['probe_asn', (value: unknown) => `AS${String(value)}`],
      ['domain', String],
      ['input', String],
    ] as const)
      for (const cell of await bars({ ...DAYS, axis_x: axis })) {
        if (cell[axis] === '') continue // an empty filter means all, in OONI's interface as well
        const only = await bars({ ...DAYS, [axis]: filter(cell[axis]) })
        assert.equal(sum(only, 'measurement_count'), cell.measurement_count, `${axis} ${String(cell[axis])}`)
      }
  })

  it('takes the empty parameters of older links as none', async () => {
    const plain = await explorerAsks(DAYS, get)
    const empty = { axis_y: '', input: '', domain: '', probe_asn: '', category_code: '', ooni_run_link_id: '' }
    assert.deepEqual(await explorerAsks({ ...DAYS, ...empty }, get), plain)
  })

  it('shows an empty period as one, not as an error', async () => {
    const row = await bars({ ...DAYS, since: '2025-01-01', until: '2025-01-08' })
    assert.deepEqual([row.length, sum(row, 'measurement_count')], [7, 0])
    const none = await explorerAsks({ ...DAYS, axis_x: '', since: '2025-01-01', until: '2025-01-08' }, get)
    assert.deepEqual([none.kind, sum(cellsOf(none), 'measurement_count')], ['funnel', 0])
  })

  it('shows an error as text where we refuse: our form has no result, and says which parameter', async () => {
    for (const [change, path] of [
      [{ axis_y: 'category_code' }, 'axis_y'],
      [{ category_code: 'NEWS' }, 'query'],
      [{ until: '2026-02-16' }, 'until'],
      [{ test_name: 'web_connectivity; DROP' }, 'test_name'],
    ] as const)
      await assert.rejects(explorerAsks({ ...DAYS, ...change }, get), ({ message }: Error) => {
        const { error } = z
          .strictObject({ error: z.object({ code: z.string(), path: z.string() }) })
          .parse(JSON.parse(message))
        assert.equal(error.path, path)
        return true
      })
  })

  it('downloads the same cells as a table', async () => {
    const search = new URLSearchParams({ ...MONTH, axis_x: 'measurement_start_day', probe_cc: 'KZ', format: 'CSV' })
    const table = await (await get(`/api/v1/aggregation?${search.toString()}`)).text()
    const [head = '', ...lines] = table.trim().split('\r\n')
    const at = head.split(',').indexOf('measurement_count')
    const total = lines.reduce((sum, line) => sum + Number(line.split(',')[at]), 0)
    assert.equal(
      total,
      sum(
        await bars({ ...MONTH, axis_x: 'measurement_start_day', time_grain: 'day', probe_cc: 'KZ' }),
        'measurement_count',
      ),
    )
  })
})
