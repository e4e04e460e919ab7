import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { firstSite, OWN } from '../../../test/kit/evening/first-sample.ts'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { parseAsn } from '../../core/model/units.ts'
import { urls } from '../urls.ts'

const DAYS = { since: '2026-02-27', until: '2026-03-05' }
const { asn, service } = SAMPLE_KINDS.finished
const site = await sampleSite({ simulated: true })
const textOf = async (days: { readonly since: string; readonly until: string }, of = asn): Promise<string> =>
  (await site.request(urls.series('en', service, of, days))).text()
const headOf = (text: string): string => (/<h1>.*?<\/h1>/s.exec(text)?.[0] ?? '').replaceAll(/<[^>]*>/g, '')

describe('the page of a series', () => {
  it('is headed with the answer of its days where they do not reach the present, and with that of now where they do', async () => {
    const now = await textOf({ since: '2026-03-01', until: '2026-03-05' })
    const past = await textOf({ since: '2026-02-27', until: '2026-03-02' })
    assert.doesNotMatch(headOf(now), /at times|seen/)
    assert.match(headOf(past), /: (?:no data|no restriction seen)$/)
    assert.match(past, /27\sFebruary\s2026\s–\s2\sMarch\s2026\./)
    assert.match(now, /Last time of the simulated data/)
    assert.doesNotMatch(past, /Last time of the simulated data/)
  })

  it('says on its first line that it is simulated, also of days on which nothing was measured', async () => {
    const text = await textOf({ since: '2020-01-01', until: '2020-01-02' }, parseAsn(64501))
    assert.match(text, /<aside class="sim"/)
    assert.match(headOf(text), /: no data$/)
  })

  it('draws as many days as were chosen, by the calendar of Kazakhstan', async () => {
    const text = await textOf({ since: '2026-03-04', until: '2026-03-06' })
    const axis = /<div class="x".*?<\/div>/s.exec(text)?.[0] ?? ''
    assert.deepEqual(
      [...axis.matchAll(/<span>(.*?)<\/span>/g)].map(([, day]) => day),
      ['4\u00a0March', '6\u00a0March'],
    )
    assert.match(text, /viewBox="0 0 30 144"/)
    // A day leads to its own page; those to come have none.
    for (const day of ['2026-03-04', '2026-03-05'])
      assert.ok(text.includes(`href="/en/s/${service}/AS${asn}?since=${day}&amp;until=${day}"`), day)
    assert.ok(!text.includes('since=2026-03-06&amp;until=2026-03-06'))
  })

  it('heads each day of the list once, with the number of all its measurements in the list', async () => {
    const text = await (await (await firstSite()).request(urls.series('en', 'youtube', OWN, DAYS))).text()
    const days = text.slice(text.indexOf('id="list"')).split(/(?=<h3 class="day">|<summary>\d+\s\w+\s\d{4}: )/)
    const names = days.slice(1).map((day) => /<(?:h3 class="day"|summary)>(\d+\s\w+\s\d{4}): (\d+)</.exec(day))
    assert.equal(new Set(names.map((name) => name?.[1])).size, 7)
    assert.deepEqual(
      days.slice(1).map((day) => day.match(/href="\/en\/m\//g)?.length),
      names.map((name) => Number(name?.[2])),
    )
    // The forty-first measurement is of a day that is partly open.
    assert.match(text, /<summary>More: \d+<\/summary>/)
  })
})

describe('a simulated site', () => {
  it('says so on every page, with figures or without', async () => {
    for (const path of ['/en/method', '/en/about', '/en/safety', '/en/nothing-of-this-name', '/en/method/full'])
      assert.match(await (await site.request(path)).text(), /<aside class="sim"/, path)
    const real = await sampleSite()
    assert.doesNotMatch(await (await real.request('/en/method')).text(), /<aside class="sim"/)
  })
})
