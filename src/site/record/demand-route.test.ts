import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import type { Demand } from '../../core/model/incident/demand.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { formatInstantUtc, millis, parseInstant } from '../../core/model/units.ts'
import { loadRecord, type OutsideRecord } from '../../runtime/tables/record.ts'
import { parseCsv } from '../../core/model/csv.ts'
import { LANGS } from '../../core/text/lang.ts'
import { SAMPLE_KINDS, sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { countedSince } from './demand-view.ts'
import { urls } from '../urls.ts'

const NOW = parseInstant('2026-03-20T12:00:00Z')
/** Newest measurement of the sample. */
const LAST_DATA = parseInstant('2026-03-05T15:02:09Z')
const words = (text: string) => ({ kk: text, ru: text, en: text })
const demand = (change: Partial<Demand> = {}): Demand => ({
  id: 'sample-demand',
  at: '2026-03-01',
  who: words('Sample body'),
  text: words('Sample demand.'),
  source: { title: 'sample', checked: false },
  ...change,
})
const record = (demands: readonly Demand[], simulated = false): OutsideRecord => ({
  ...loadRecord(),
  demands,
  simulated,
})
const real = sampleIncident({ simulated: false, id: 'real-one' })

interface World {
  readonly record: OutsideRecord
  readonly incidents?: readonly Incident[]
}

/** A whole site over the record: pages and interface. Its newest measurement is of 5 March. */
async function ask(path: string, { record: kept, incidents = [real] }: World): Promise<Response> {
  const site = await sampleSite({
    incidents: memoryIncidents(incidents),
    claims: { record: kept, coverage: async () => [], judge: () => [] },
    names: { services: [{ id: 'youtube', name: 'YouTube' }], networkName: () => '<i>Net</i>' },
    clock: { now: () => NOW, monotonic: () => millis(0) },
  })
  return site.request(path)
}
const read = async (lang: (typeof LANGS)[number], world: World): Promise<string> =>
  (await ask(urls.plain(lang, 'if-it-continues'), world)).text()

const bodySchema = z.object({
  simulated: z.boolean(),
  counts: z.array(
    z.object({
      group: z.string(),
      until_utc: z.string(),
      incidents: z.number(),
      hours: z.number(),
      hours_least: z.number(),
      hours_most: z.number(),
    }),
  ),
  demands: z.array(
    z.object({
      weeks: z.array(z.object({ hours_blocking: z.number(), measured: z.boolean() })),
      not_counted: z.object({ insufficient: z.number(), withdrawn: z.number() }),
    }),
  ),
})
const body = async (world: World): Promise<z.infer<typeof bodySchema>> =>
  bodySchema.parse(await (await ask(urls.apiDemands(), world)).json())

describe('what is counted since a demand', () => {
  it('begins with the time of the demand, or with the next day of Kazakhstan where the day alone is known', () => {
    assert.equal(countedSince(demand({ at: '2026-03-01T10:30:00Z' })), parseInstant('2026-03-01T10:30:00Z'))
    assert.equal(countedSince(demand({ at: '2026-03-01' })), parseInstant('2026-03-01T19:00:00Z'))
    // Before March 2024 the clocks of Almaty were six hours ahead.
    assert.equal(countedSince(demand({ at: '2019-12-31' })), parseInstant('2019-12-31T18:00:00Z'))
  })

  it('stands on a page in three languages with its bounds, without scripts and styles of its own', async () => {
    for (const lang of LANGS) {
      const page = await read(lang, { record: record([demand()]) })
      assert.match(page, new RegExp(`<html lang="${lang}"`))
      assert.doesNotMatch(page, /<script|<style|style="|onclick|<img|<i>Net/)
      assert.match(page, /<svg class="chart broad"[^>]*><title[^>]*>[^<]+<\/title><desc/)
      assert.ok(page.includes('Sample demand.'))
    }
    const page = await read('en', { record: record([demand()]) })
    // 20:02 to 22:04; from 20:03 to 22:02 at least, from 19:58 to 22:08 at most.
    assert.match(page, /2 <span class="iv">\(1\.9\u20132\.2\)/)
    assert.match(page, /<dt>Days since<\/dt>\s*<dd>18<\/dd>/)
  })

  it('is the same in JSON and in a table for programs', async () => {
    const world = { record: record([demand()]) }
    const found = await body(world)
    const [one] = found.counts
    assert.ok(one)
    assert.equal(one.incidents, 1)
    assert.equal(one.until_utc, formatInstantUtc(NOW))
    assert.equal(found.demands[0]?.weeks.length, 3)
    assert.ok(one.hours_least < one.hours && one.hours < one.hours_most)
    const answer = await ask(urls.apiDemands('csv'), world)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/)
    const [head, ...rows] = parseCsv(await answer.text()).map(({ cells }) => cells)
    assert.ok(head)
    assert.equal(rows.length, found.counts.length)
    assert.equal(Number(rows[0]?.[head.indexOf('hours')]), one.hours)
  })

  it('tells a week without restriction from one without measurements, in figure, table and data', async () => {
    const measured = async (change: Partial<Demand>, incidents = [real]): Promise<unknown> =>
      (await body({ record: record([demand(change)]), incidents })).demands[0]?.weeks.map((week) => week.measured)
    // The newest measurement is of 5 March; two weeks more have gone by.
    assert.deepEqual(await measured({}), [true, false, false])
    assert.deepEqual(await measured({}, []), [true, false, false])
    assert.deepEqual(await measured({ services: ['unheard-of'] }), [false, false, false])
    const page = await read('en', { record: record([demand()]) })
    assert.equal(page.match(/<td colspan="3">no data<\/td>/g)?.length, 2)
    assert.match(page, /<g[^>]*class="gap"/)
    assert.match(page, /class="gap" d="M0 9h18"\/><\/svg>no data/)
  })

  it('is zero by the same rule where nothing was restricted', async () => {
    const world = { record: record([demand()]), incidents: [] }
    assert.ok((await read('en', world)).includes('No restriction that counts has been measured since.'))
    assert.ok((await body(world)).counts.every((one) => one.incidents === 0 && one.hours_most === 0))
  })

  it('says how many were not counted', async () => {
    const incidents = [SAMPLE_KINDS.insufficient, SAMPLE_KINDS.withdrawn].map((one) => ({ ...one, simulated: false }))
    const world = { record: record([demand()]), incidents }
    assert.deepEqual((await body(world)).demands[0]?.not_counted, { insufficient: 1, withdrawn: 1 })
    assert.ok((await read('en', world)).includes('Evidence insufficient: 1. Withdrawn: 1.'))
  })

  it('never holds a real demand against simulated incidents, nor the other way round', async () => {
    const incidents = [real, sampleIncident({ id: 'made-up' }), sampleIncident({ id: 'made-up-too' })]
    const made = await body({ record: record([demand()], true), incidents })
    assert.equal(made.counts[0]?.incidents, 2)
    assert.equal(made.counts[0].until_utc, formatInstantUtc(LAST_DATA))
    assert.equal((await body({ record: record([demand()]), incidents })).counts[0]?.incidents, 1)
    const page = await read('en', { record: record([demand()], true), incidents })
    assert.match(page, /class="sim"/)
    assert.match(page, /class="tag"/)
  })

  it('says so where no demand is recorded, and what one needs', async () => {
    const page = await read('en', { record: record([]) })
    assert.ok(page.includes('No dated demand is recorded') && page.includes('record/demands.json'))
    assert.deepEqual((await body({ record: record([]) })).demands, [])
  })

  it('counts nothing for a demand of tomorrow', async () => {
    const found = await body({ record: record([demand({ at: '2027-01-01' })]) })
    assert.equal(found.counts[0]?.incidents, 0)
    assert.deepEqual(found.demands[0]?.weeks, [])
  })

  it('shows markup of a demand as text, and writes no formula into a table', async () => {
    const bad = '=<img src=x>'
    const hostile = demand({
      who: words(bad),
      text: words(bad),
      services: [bad],
      source: { title: bad, checked: false },
    })
    const service = `=1+"2",3`
    const incidents = [{ ...real, service }]
    assert.ok(!(await read('en', { record: record([hostile]) })).includes('<img'))
    const text = await (await ask(urls.apiDemands('csv'), { record: record([demand()]), incidents })).text()
    const names = parseCsv(text).map(({ cells }) => cells[4])
    assert.ok(names.includes(`'${service}`))
  })

  it('refuses a query that it does not know', async () => {
    for (const query of ['?format=xml', '?a=b'])
      assert.equal((await ask(`/api/v1/demands${query}`, { record: record([]) })).status, 400, query)
  })
})
