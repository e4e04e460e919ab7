import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleOptions } from '../../../test/kit/site/site-sample.ts'
import { parseAsn } from '../../core/model/units.ts'
import { createSite } from '../app.ts'
import type { ExploredBin } from '../../store/warehouse/contract.ts'
import { urls } from '../urls.ts'

const options = await sampleOptions({ simulated: true })
const site = createSite(options)
const text = async (path: string): Promise<string> =>
  (await (await site.request(path)).text()).replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ')
const section = (html: string): string => /<section[^>]*aria-labelledby="hours".*?<\/section>/s.exec(html)?.[0] ?? ''

const kinds = (reachable: number, interfered: number): ExploredBin['kinds'] => ({
  reachable,
  interfered,
  unreachable: 0,
  inconclusive: 0,
})
const bin = (hour: number, devices: number, given: ExploredBin['kinds']): ExploredBin => ({
  ...{ asn: parseAsn(64500), bin: hour, kinds: given, devices, unnamed: 0, mechanisms: {}, layers: {}, timed: 0 },
})

describe('hours of the day of a place', () => {
  it('are a grid of networks, or of services, with the same as a table of 24 hours', async () => {
    const service = section(await text(urls.service('en', 'youtube')))
    assert.equal((service.match(/<tr data-bin="/g) ?? []).length, 24)
    assert.match(service, /<th scope="col">Example Rail<\/th>/)
    assert.equal((service.match(/<svg class="chart ex (?:narrow|broad)"/g) ?? []).length, 2)
    const network = section(await text(urls.network('en', parseAsn(64500))))
    assert.match(network, /<th scope="col">YouTube<\/th>/)
    assert.match(network, /<th scope="col">Instagram<\/th>/)
  })

  it('tell no data, too few devices and a share from one another, in cells and in words', async () => {
    const explored = async (): Promise<readonly ExploredBin[]> => [bin(20, 5, kinds(30, 10)), bin(21, 1, kinds(0, 9))]
    const own = createSite({ ...options, warehouse: { ...options.warehouse, explored } })
    const html = section((await (await own.request(urls.service('en', 'youtube'))).text()).replaceAll('\u00a0', ' '))
    const [, hour20 = '', hour21 = '', hour22 = ''] =
      /20:00–21:00<\/th>(.*?)<\/tr>.*?21:00–22:00<\/th>(.*?)<\/tr>.*?22:00–23:00<\/th>(.*?)<\/tr>/s.exec(html) ?? []
    assert.match(hour20, /25%, 95%: \d+–\d+% \(10 of 40\)\. Devices: 5\./)
    assert.match(hour21, /too few devices/)
    assert.doesNotMatch(hour21, /100 ?%/)
    assert.doesNotMatch(hour22, /too few|%/)
    for (const cell of ['h-none', 'h-few', 'h-open', 'h-dark']) assert.match(html, new RegExp(`class="${cell}"`))
  })

  it('are counted once in ten minutes for all readers', async () => {
    const { warehouse } = options
    let asked = 0
    const counted = {
      ...options,
      warehouse: {
        ...warehouse,
        explored: (...given: Parameters<typeof warehouse.explored>) => {
          asked++
          return warehouse.explored(...given)
        },
      },
    }
    const own = createSite(counted)
    for (const lang of ['kk', 'ru', 'en'] as const) await own.request(urls.service(lang, 'youtube'))
    assert.equal(asked, 1)
    for (let nth = 0; nth < 210; nth++) await own.request(`/chart/en/hours/s/made-up-${nth}/chart.csv`)
    await own.request(urls.service('en', 'youtube'))
    assert.equal(asked, 1, 'made-up names drop nothing')
  })

  it('are left out where nothing was measured', async () => {
    assert.equal(section(await text(urls.service('en', 'signal'))), '')
  })
})
