import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { DAY_MS } from '../../core/model/duration.ts'
import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import type { Order, Reported, Statement } from '../../core/model/tables/record.ts'
import { instant, parseAsn, parseInstant } from '../../core/model/units.ts'
import { loadRecord, type OutsideRecord } from '../../runtime/tables/record.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { SAMPLE_KINDS, sampleEpisode, sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { PLAIN_FRAME, type Frame } from '../../web/html/frame.ts'
import { addStoryPages } from './story-route.ts'
import { urls } from '../urls.ts'

const NAMES = {
  services: [
    { id: 'youtube', name: 'YouTube' },
    { id: 'web:knews.kg', name: 'knews.kg' },
  ],
  networkName: () => undefined,
}
const record = loadRecord()
const KINDS = { reachable: 1, interfered: 0, unreachable: 0, inconclusive: 0, 'not-judged': 0 }
const EMPTY: OutsideRecord = { ...record, statements: [], chronicle: [], orders: [], demands: [] }

interface World {
  readonly record?: OutsideRecord
  readonly incidents?: readonly Incident[]
  readonly episodes?: readonly Episode[]
  readonly frame?: Frame
  /** Years in which YouTube was measured. */
  readonly measured?: readonly number[]
}

async function read(path: string, world: World = {}): Promise<string> {
  const site = new Hono()
  site.onError((error) => {
    throw error
  })
  addStoryPages(site, {
    record: world.record ?? record,
    incidents: { current: async () => world.incidents ?? [], episodes: async () => world.episodes ?? [] },
    warehouse: {
      matrix: async ({ since, until }) =>
        (world.measured ?? [])
          .map((year) => instant(Date.UTC(year, 5, 1)))
          .filter((at) => at >= since && at < until)
          .map((latest) => ({
            service: 'youtube',
            asn: parseAsn(64500),
            kinds: KINDS,
            probes: 1,
            simulated: false,
            latest,
          })),
    },
    names: NAMES,
    clock: { now: () => parseInstant('2026-03-05') },
    pictures: undefined,
    frame: world.frame ?? PLAIN_FRAME,
  })
  const response = await site.request(path)
  assert.equal(response.status, 200)
  return response.text()
}
const chronicle = (lang: Lang, world?: World): Promise<string> => read(urls.plain(lang, 'chronicle'), world)
const orders = (lang: Lang, world?: World): Promise<string> => read(urls.plain(lang, 'orders'), world)
const measured = (simulated: boolean): Incident => sampleIncident({ simulated, id: simulated ? 'made-up' : 'real-one' })

const BAD = '<img src=x onerror=alert(1)>'
const words = { kk: BAD, ru: BAD, en: BAD }
const source = { title: BAD, archived: BAD, checked: false }
const reported = (id: string, change: Partial<Reported> = {}): Reported => ({
  id,
  onset: ['2020-01-01', null],
  end: null,
  reportedAs: 'restriction',
  services: [BAD],
  text: words,
  sources: [source],
  ...change,
})
const order = (id: string, change: Partial<Order> = {}): Order => ({
  id,
  scope: [BAD],
  title: words,
  number: BAD,
  textHeld: false,
  source,
  ...change,
})
const statement = (id: string): Statement => ({
  id,
  at: '2021',
  speaker: 'press',
  who: words,
  summary: words,
  source,
  claims: [],
})

describe('the chronicle', () => {
  it('holds every row, statement and act of the record in three languages, without scripts and styles of its own', async () => {
    for (const lang of LANGS) {
      const page = await chronicle(lang)
      assert.match(page, new RegExp(`<html lang="${lang}"`))
      assert.doesNotMatch(page, /<script|<style|style="|onclick|<img/)
      for (const { id } of record.chronicle) assert.ok(page.includes(`id="r-${id}"`), id)
      for (const { id } of record.statements) assert.ok(page.includes(`href="/${lang}/claims#s-${id}"`), id)
      for (const { id } of record.orders) assert.ok(page.includes(`href="/${lang}/orders#o-${id}"`), id)
    }
  })

  it('begins with the newest year, and leaves no year out of the drawing and its table', async () => {
    const page = await chronicle('en')
    const years = [...page.matchAll(/id="y-(\d{4})"/g)].map(([, year]) => year)
    assert.ok(
      years.every((year, index) => index === 0 || Number(year) < Number(years[index - 1])),
      years.join(' '),
    )
    for (let year = 2016; year <= 2026; year++) assert.ok(page.includes(`<th scope="row">${year}</th>`), String(year))
    assert.match(page, /<svg class="chart narrow"[^>]*role="img"[^>]*><title id="years-narrow-t">By year<\/title><desc/)
  })

  it('tells a year without a measured incident from one without measurements', async () => {
    const page = await chronicle('en', { measured: [2025], incidents: [measured(false)] })
    const row = (year: number): string =>
      new RegExp(`<th scope="row">${year}</th>(.*?)</tr>`, 's').exec(page)?.[1] ?? ''
    assert.match(row(2024), /<td>no data<\/td>\s*$/)
    assert.match(row(2025), /<td>0<\/td>\s*$/)
    assert.match(row(2026), /<td>1<\/td>\s*$/)
    assert.match(page, /<g[^>]*class="gap"/)
    const other = await read(urls.chronicle('en', 'facebook'), { measured: [2025] })
    assert.doesNotMatch(/<th scope="row">2025<\/th>(.*?)<\/tr>/s.exec(other)?.[1] ?? '', /<td>0<\/td>\s*$/)
  })

  it('says that disputed rows are disputed, and never calls a reported one blocking', async () => {
    const page = await chronicle('en')
    const disputed = record.chronicle.filter(({ reportedAs }) => reportedAs === 'disputed').length
    assert.ok(disputed > 0)
    assert.equal(page.split('disputed: the sources disagree').length - 1, disputed)
    assert.doesNotMatch(page, /signs fit blocking better/)
  })

  it('prints a moment never more exactly than the record has it', async () => {
    const year = reported('by-year', { onset: ['2017', '2017'] })
    const page = await chronicle('en', { record: { ...EMPTY, chronicle: [year] } })
    assert.match(page, /<b>2017<\/b>/)
    assert.doesNotMatch(page, /January 2017/)
  })

  it('says next to every source that has not been read that it has not', async () => {
    const sources = record.chronicle.flatMap((row) => row.sources)
    const page = await chronicle('en')
    assert.equal(page.split('not checked yet').length - 1, sources.filter(({ checked }) => !checked).length)
  })

  it('joins measured incidents by month, and leaves withdrawn ones out', async () => {
    const gone = sampleIncident({ simulated: false, id: 'gone', withdrawn: true })
    const page = await chronicle('en', { incidents: [measured(false), gone] })
    assert.ok(page.includes('id="m-2026-03"') && page.includes('Measured incidents: 1'))
    assert.ok(
      page.includes('signs fit blocking better: 1') && page.includes('/en/i/real-one') && !page.includes('/en/i/gone'),
    )
  })

  it('leads from each day with an entry to what was seen on it, and from no other day', async () => {
    const page = await chronicle('en', { incidents: [measured(false)] })
    const days = [...page.matchAll(/href="\/en\/incidents\?day=([^"]*)" aria-label="([^"]*)"/g)]
    assert.deepEqual(
      days.map(([, day, name]) => [day, name?.replaceAll('\u00a0', ' ')]),
      [['2026-03-05', '5 March 2026. Entries: 1']],
    )
    const chosen = await read(urls.chronicle('en', 'youtube'), { incidents: [measured(false)] })
    assert.ok(chosen.includes('href="/en/incidents?day=2026-03-05&amp;service=youtube"'))
    assert.ok(!(await chronicle('en')).includes('incidents?day='))
  })

  it('has an episode as one entry, all ongoing ones and the newest others by name, before what was said earlier', async () => {
    const moved = (base: Incident, id: string, days: number): Incident => {
      const at = instant((base.start.median ?? 0) - days * DAY_MS)
      return { ...base, id, simulated: false, start: { ...base.start, median: at, lo95: at, hi95: at } }
    }
    const one = measured(false)
    const past = Array.from({ length: 4 }, (_, nth) => moved(one, `past-${nth}`, nth))
    const ongoing = Array.from({ length: 7 }, (_, nth) => moved(SAMPLE_KINDS.running, `ongoing-${nth}`, nth / 24))
    const grouped = { ...sampleEpisode, id: 'episode-past-1', incidents: ['past-1', 'past-0'] }
    const page = await chronicle('en', { incidents: [...past, ...ongoing], episodes: [grouped] })
    const named = [...page.matchAll(/class="st tap" href="\/en\/[ie]\/([^"]*)"/g)].map(([, id]) => id)
    assert.deepEqual(
      named,
      ongoing.map(({ id }) => id),
    )
    assert.match(page, /More: 3</)
    const quiet = await chronicle('en', { incidents: past, episodes: [grouped] })
    const names = [...quiet.matchAll(/class="st tap" href="\/en\/[ie]\/([^"]*)"/g)].map(([, id]) => id)
    assert.deepEqual(names, ['episode-past-1', 'past-2', 'past-3'])
    assert.ok(quiet.includes('Measured incidents: 4'))
  })

  it('never mixes what is simulated with what is real', async () => {
    const incidents = [measured(false), measured(true)]
    const real = await chronicle('en', { incidents })
    assert.ok(real.includes('/en/i/real-one') && !real.includes('made-up') && !real.includes('class="sim"'))
    const made = await chronicle('en', { incidents, record: { ...record, simulated: true } })
    assert.ok(made.includes('/en/i/made-up') && !made.includes('real-one'))
    assert.match(made, /class="sim"/)
    assert.match(made, /<desc[^>]*>[^<]*imulated/)
  })

  it('shows one service alone, with what concerns the whole internet', async () => {
    const page = await read(urls.chronicle('en', 'youtube'), { incidents: [measured(false)] })
    for (const row of record.chronicle)
      assert.equal(
        page.includes(`id="r-${row.id}"`),
        row.services.some((id) => id === 'youtube' || id === 'all'),
        row.id,
      )
    assert.ok(page.includes('/en/i/real-one') && page.includes('hreflang="kk" href="/kk/chronicle?service=youtube"'))
    const none = await read(urls.chronicle('en', BAD), { record: EMPTY })
    assert.ok(none.includes('There is no entry about this service.') && !none.includes('<img'))
  })

  it('offers no choice in a copy, where no server answers', async () => {
    assert.ok((await chronicle('en')).includes('?service=youtube'))
    assert.ok(!(await chronicle('en', { frame: { ...PLAIN_FRAME, medium: 'mirror' } })).includes('?service='))
  })

  it('refuses a query that it does not know', async () => {
    for (const query of ['?service=', '?service=a%00b', `?service=${'x'.repeat(201)}`, '?year=2018'])
      await assert.rejects(read(`/en/chronicle${query}`), { name: 'InputError' }, query)
  })

  it('says of an empty record that nothing is recorded', async () => {
    const page = await chronicle('ru', { record: EMPTY })
    assert.ok(page.includes('В хронике пока нет записей.') && !page.includes('<svg class="chart'))
  })

  it('shows markup of a record as text, also in 300 rows of it', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => reported(`row-${index}`))
    const made = { ...EMPTY, chronicle: rows, statements: [statement('said-1')], orders: [order('act-1')] }
    const page = await chronicle('kk', { record: made })
    assert.equal(page.split('id="r-row-').length - 1, 300)
    assert.ok(!page.includes('<img') && page.includes('&lt;img src=x'))
  })

  it('files a time of the last evening of a year in UTC under the new year of Kazakhstan, as it is printed', async () => {
    const row = reported('new-year', { onset: ['2019-12-31T20:00:00Z', null] })
    const page = await chronicle('en', { record: { ...EMPTY, chronicle: [row] } })
    assert.ok(page.includes('id="y-2020"') && page.includes('1\u00a0January 2020'))
    assert.ok(parseInstant('2019-12-31T20:00:00Z') < parseInstant('2020-01-01'))
  })
})

describe('the course of a reported incident', () => {
  const course = (lang: Lang, world?: World): Promise<string> => read(urls.course(lang, 'kz-2022-01'), world)

  it('is a page in three languages with a drawing, every time of its source, and the statements of its days', async () => {
    for (const lang of LANGS) {
      const page = await course(lang)
      assert.match(page, new RegExp(`<html lang="${lang}"`))
      assert.doesNotMatch(page, /<script|<style|style="|onclick|<img/)
      assert.match(page, /<svg class="chart narrow"[^>]*role="img"/)
      assert.match(page, /<svg class="chart broad"[^>]*role="img"/)
      for (const by of ['Cloudflare', 'RIPE Atlas']) assert.ok(page.includes(by))
      for (const id of ['kcell-2022-01', 'beeline-2022-01-05', 'musin-2022-01'])
        assert.ok(page.includes(`id="c-${id}"`), id)
      assert.ok(!page.includes('id="c-syzdykov-2022-02-11"'))
      assert.ok((await chronicle(lang)).includes(`href="${urls.course(lang, 'kz-2022-01')}"`))
    }
  })

  it('gives each window in the time of Almaty of those days and in UTC, and how long the whole was', async () => {
    const page = (await course('en')).replaceAll('\u00a0', ' ')
    assert.ok(page.includes('5 January, 23:30 \u2013 6 January, 04:00') && page.includes('5 January, 17:30\u201322:00'))
    assert.ok(page.includes('Almaty time (UTC+6)'))
    assert.equal(page.match(/<th scope="row">Window \d/g)?.length, 5)
    assert.ok(
      page.includes(
        'Length of the shutdown in hours: 135\u2013135.8. Of these, windows in which the internet was on: 22.5.',
      ),
    )
  })

  it('says that Kuager did not measure it, and that the source of the times has not been read', async () => {
    const page = await course('en')
    assert.ok(page.includes('Kuager did not measure this'))
    assert.match(page, /Source of the times:[^<]*<a [^>]*>github\.com\/net4people\/bbs, 99<\/a>\s*\(not checked yet\)/)
  })

  it('is there only for a row whose course is known', async () => {
    await assert.rejects(read(urls.course('en', 'kz-2021-10-04')), /404/)
    await assert.rejects(read(urls.course('en', 'nothing')), /404/)
  })
})

describe('the page of acts', () => {
  it('holds every act in three languages, with what is known of its text and of a request', async () => {
    for (const lang of LANGS) {
      const page = await orders(lang)
      for (const { id } of record.orders) assert.ok(page.includes(`id="o-${id}"`), id)
      assert.doesNotMatch(page, /<script|<style|style="|onclick|<img/)
    }
    const held = record.orders.filter(({ textHeld }) => textHeld).length
    assert.ok((await orders('en')).includes(`text available: ${held}`))
  })

  it('names the provision behind an act in the language of the page', async () => {
    assert.ok((await orders('kk')).includes('Негізі: «Байланыс туралы»'))
    assert.ok((await orders('ru')).includes('Основание: Закон «О связи»'))
    for (const lang of ['kk', 'ru'] as const) assert.ok(!(await orders(lang)).includes('On Communications'))
  })

  it('says that the absence of an act is no finding, and of which services there is none', async () => {
    const page = await orders('en')
    assert.ok(page.includes('Services not named in any act listed here: YouTube.'))
    assert.ok(page.includes('Only a request and the reply to it would show that'))
    assert.ok(page.includes('No request about any of these acts has been sent yet.'))
  })

  it('no longer says so of a service once an act names it, or once a request was sent', async () => {
    const made = order('act-1', { scope: ['youtube'], requestedOn: '2026-01-02' })
    const page = await orders('en', { record: { ...EMPTY, orders: [made] } })
    assert.ok(!page.includes('Services not named in any act') && !page.includes('No request about any'))
    assert.ok(page.includes('Request sent: 2\u00a0January 2026') && page.includes('No answer'))
    assert.ok(page.includes('href="/en/s/youtube"'))
  })

  it('links what an act names to the service where it is measured', async () => {
    assert.ok((await orders('en')).includes(`href="${urls.service('en', 'web:knews.kg')}"`))
  })

  it('gives the answer to a request with its day', async () => {
    const answered = order('act-1', {
      requestedOn: '2026-01-02',
      answeredOn: '2026-01-20',
      answer: { kk: 'Жоқ.', ru: 'Нет.', en: 'There is none.' },
    })
    const page = await orders('en', { record: { ...EMPTY, orders: [answered] } })
    assert.ok(page.includes('Answer received: 20\u00a0January 2026') && page.includes('Answer: There is none.'))
  })

  it('shows markup of a record as text, and an empty record as empty', async () => {
    const many = Array.from({ length: 300 }, (_, index) => order(`act-${index}`))
    const page = await orders('kk', { record: { ...EMPTY, orders: many } })
    assert.ok(!page.includes('<img') && page.split('id="o-act-').length === 301)
    assert.ok((await orders('kk', { record: EMPTY })).includes('Тізімде бірде-бір акт жоқ.'))
  })
})
