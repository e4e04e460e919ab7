import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { z } from 'zod'
import { apiSample } from '../../../test/kit/evening/api-sample.ts'

/** What OONI Explorer's chart of aggregated measurements reads of an answer. */
const answerSchema = z.looseObject({
  v: z.number(),
  dimension_count: z.number(),
  result: z.array(
    z.looseObject({
      anomaly_count: z.number(),
      confirmed_count: z.number(),
      failure_count: z.number(),
      measurement_count: z.number(),
      ok_count: z.number(),
    }),
  ),
})

describe('/api/v1/aggregation', () => {
  let site: Awaited<ReturnType<typeof apiSample>>
  before(async () => {
    site = await apiSample()
  })
  const get = (query: Readonly<Record<string, string>>): Promise<Response> =>
    Promise.resolve(site.request(`/api/v1/aggregation?${new URLSearchParams(query).toString()}`))

  it('answers what the client of OONI Explorer asks, its empty parameters and its second axis included', async () => {
    const response = await get({
      ...{ probe_cc: '', since: '2026-03-01', until: '2026-03-07', time_grain: 'day' },
      ...{ axis_x: 'measurement_start_day', axis_y: 'probe_asn', test_name: '', domain: '', input: '', probe_asn: '' },
    })
    assert.equal(response.status, 200)
    const { v, dimension_count: count, result } = answerSchema.parse(JSON.parse(await response.text()))
    assert.deepEqual([v, count], [0, 2])
    assert.ok(result.length > 0)
    for (const cell of result) {
      assert.match(String(cell['measurement_start_day']), /^2026-03-0\d$/)
      assert.equal(typeof cell['probe_asn'], 'number')
      const { ok_count: ok, anomaly_count: anomaly, confirmed_count: confirmed, failure_count: failure } = cell
      assert.equal(cell.measurement_count, ok + anomaly + confirmed + failure)
      assert.equal(cell['simulated'], true)
    }
  })

  it('gives one object without an axis, and the same sum', async () => {
    const days = { since: '2026-03-01', until: '2026-03-07' }
    const whole = z.object({ result: z.looseObject({ measurement_count: z.number() }) })
    const one = whole.parse(JSON.parse(await (await get(days)).text())).result.measurement_count
    const cells = answerSchema.parse(JSON.parse(await (await get({ ...days, axis_x: 'test_name' })).text())).result
    assert.ok(one > 0)
    assert.equal(
      cells.reduce((sum, cell) => sum + cell.measurement_count, 0),
      one,
    )
  })

  it('writes a table where the client downloads one', async () => {
    const response = await get({ since: '2026-03-01', until: '2026-03-07', axis_x: 'probe_asn', format: 'CSV' })
    assert.match(response.headers.get('content-type') ?? '', /^text\/csv/)
    assert.match(await response.text(), /^measurement_start_day,probe_cc,probe_asn,/)
    const sum = await get({ since: '2026-03-01', until: '2026-03-07', format: 'CSV' })
    assert.equal((await sum.text()).trim().split('\r\n').length, 2)
  })

  it('refuses what it does not know, days in the wrong order and one axis twice', async () => {
    for (const [query, path] of [
      [{ axis_x: 'blocking_type' }, 'axis_x'],
      [{ since: '2026-03-07', until: '2026-03-07' }, 'until'],
      [{ axis_x: 'input', axis_y: 'input' }, 'axis_y'],
      [{ probe_cc: 'kz' }, 'probe_cc'],
    ] as const) {
      const response = await get(query)
      assert.equal(response.status, 400)
      const { error } = z.object({ error: z.object({ path: z.string() }) }).parse(JSON.parse(await response.text()))
      assert.equal(error.path, path)
    }
  })
})
