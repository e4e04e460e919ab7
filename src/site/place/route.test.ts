import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import { placeAnswer } from './page/parts.ts'
import { urls } from '../urls.ts'

const site = await sampleSite()

describe('the page of a service', () => {
  it('heads the figures of days with what they are of: networks here, services on the page of a network', async () => {
    const head = async (path: string): Promise<string | undefined> =>
      /<section[^>]*aria-labelledby="days".*?<th scope="col">(.*?)<\/th>/sv.exec(
        await (await site.request(path)).text(),
      )?.[1]
    assert.equal(await head(urls.service('en', 'youtube')), 'Network')
    assert.equal(await head(urls.network('en', parseAsn(64496))), 'Service')
  })

  it('gives the state on every network with the probes behind it, in three languages', async () => {
    for (const lang of LANGS) {
      const response = await site.request(urls.service(lang, 'youtube'))
      assert.equal(response.status, 200)
      const text = await response.text()
      for (const asn of [64496, 64497, 64498, 64499, 64500]) assert.ok(text.includes(`AS${asn}`), `${lang} AS${asn}`)
      assert.match(text, /<ul class="places">/)
      assert.doesNotMatch(text, /undefined|NaN|\[object/)
    }
  })

  it('shows what was measured also where what people say cannot be read', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('disk'))
    const said: string[] = []
    const quiet = (): void => undefined
    const log = { debug: quiet, info: quiet, warn: quiet, error: (_: object, text: string) => void said.push(text) }
    const without = await sampleSite({
      people: { settled: () => instant(0), cells: gone, usual: gone, signals: gone, notes: gone },
      log,
    })
    for (const path of [urls.service('kk', 'youtube'), urls.network('kk', parseAsn(64496))])
      assert.equal((await without.request(path)).status, 200, path)
    assert.deepEqual(said, Array<string>(2).fill('reports of a page could not be read'))
  })

  it('says of a listed service that was never measured that it has no data, and never that it opens', async () => {
    const text = await (await site.request(urls.service('en', 'signal'))).text()
    assert.match(text, /no data/)
    assert.doesNotMatch(text, /no restriction seen/)
  })

  it('is not there for an unknown service, nor for a name that no row may have', async () => {
    for (const service of ['unheard-of', 'web:unheard-of.example', 'YouTube', '..%2f..', '<script>'])
      assert.equal((await site.request(`/kk/s/${encodeURIComponent(service)}`)).status, 404, service)
  })

  it('exists for a site that is on no list where it was measured', async () => {
    const path = urls.service('kk', 'web:a-rather-long-name.of-a-site.example.org')
    const response = await site.request(path)
    assert.equal(response.status, 200)
    assert.match(await response.text(), /тізімде жоқ/)
  })

  it('refuses a page that is no number, and has none beyond the last', async () => {
    assert.equal((await site.request('/kk/s/youtube?page=0')).status, 400)
    assert.equal((await site.request('/kk/s/youtube?sort=1')).status, 400)
    assert.equal((await site.request('/kk/s/youtube?page=2')).status, 404)
  })

  it('pages its past incidents in a live site and has all of them in a copy', async () => {
    const one = SAMPLE_KINDS.finished
    const many = Array.from({ length: 70 }, (_, index) => {
      const moved = (at: number | undefined): ReturnType<typeof instant> => instant((at ?? 0) - index * DAY_MS)
      const start = {
        ...one.start,
        median: moved(one.start.median),
        lo95: moved(one.start.lo95),
        hi95: moved(one.start.hi95),
      }
      const end = { ...one.end, median: moved(one.end.median), lo95: moved(one.end.lo95), hi95: moved(one.end.hi95) }
      return { ...one, simulated: false, id: `${one.id}-${index}`, start, end }
    })
    const incidents = memoryIncidents(many)
    const live = await sampleSite({ incidents })
    const countOf = async (path: string, of = live): Promise<number> =>
      ((await (await of.request(path)).text()).match(/href="\/kk\/i\//g) ?? []).length
    assert.equal(await countOf(urls.service('kk', 'youtube')), 30)
    assert.equal(await countOf(urls.service('kk', 'youtube', 3)), 10)
    const copy = await sampleSite({ incidents, frame: { ...PLAIN_FRAME, medium: 'mirror' } })
    assert.equal(await countOf(urls.service('kk', 'youtube'), copy), 70)
  })
})

describe('the answer about a place', () => {
  it('is what two of three say, as on the first screen', () => {
    const of = (states: readonly ('open' | 'fault' | 'unkn' | 'none')[]): readonly string[] => {
      const rows = states.map((state) => ({ name: '', href: '', state, devices: 1, measurements: 1 }))
      const { state, text } = placeAnswer('en', 'X', { rows, kind: 'networks' })
      return [state, text]
    }
    assert.deepEqual(of(['open', 'open', 'none']), ['open', 'X: no restriction seen now'])
    assert.deepEqual(of(['fault', 'open', 'open']), ['open', 'X: no restriction seen now'])
    assert.deepEqual(of(['fault', 'open']), ['unkn', 'X: no restriction seen now'])
    assert.deepEqual(of(['fault', 'fault', 'open']), ['fault', 'X: unreachable, cause unknown'])
    assert.deepEqual(of(['unkn', 'none']), ['unkn', 'X: not determined'])
    assert.deepEqual(of(['none']), ['none', 'X: no data for the last three hours'])
  })
})

describe('the page of a network', () => {
  it('gives the state of every service, in three languages', async () => {
    for (const lang of LANGS) {
      const response = await site.request(urls.network(lang, parseAsn(64496)))
      assert.equal(response.status, 200)
      const text = await response.text()
      for (const name of ['YouTube', 'Facebook', 'Signal']) assert.ok(text.includes(name), `${lang} ${name}`)
      assert.doesNotMatch(text, /undefined|NaN|\[object/)
    }
  })

  it('says of a network of servers that it does not show what people see', async () => {
    const hosting = await sampleSite({
      names: {
        services: [],
        networkName: () => 'Example Hosting',
        network: (asn) => ({
          asn,
          name: 'Example Hosting',
          country: 'KZ',
          use: 'hosting',
          source: 'test',
          checked_at: '2026-01-01',
        }),
      },
    })
    const text = await (await hosting.request(urls.network('en', parseAsn(64496)))).text()
    assert.match(text, /holds servers, not people/)
  })

  it('is not there for an unknown network, and refuses what is no number', async () => {
    assert.equal((await site.request('/kk/n/AS65551')).status, 404)
    assert.equal((await site.request('/kk/n/AS0')).status, 404)
    assert.equal((await site.request('/kk/n/youtube')).status, 400)
  })
})
