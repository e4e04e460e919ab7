import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sampleOptions, sampleSite } from '../../../test/kit/site/site-sample.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { Network } from '../../core/model/tables/tables.ts'
import { instant, parseAsn, type Asn } from '../../core/model/units.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import type { MatrixCell } from '../../store/warehouse/contract.ts'
import { urls } from '../urls.ts'
import { probeGaps } from './gaps.ts'
import { DEVICES_POWER } from './power.ts'

const NOW = Date.parse('2026-03-05T15:00:00Z')

const network = (asn: number, use: Network['use'] = 'access', country = 'KZ'): Network => ({
  ...{ asn, use, country, name: `Network ${asn}`, source: 'test', checked_at: '2026-03-01' },
})
const TABLE = [
  network(10),
  network(20),
  network(30),
  network(40, 'hosting'),
  network(50, 'access', 'RU'),
  network(64_496),
]

/** Gaps of a site that measured these networks: of each service the devices. */
async function gapsOf(
  measured: readonly (readonly [asn: number, devices: readonly number[]])[],
  simulated = false,
): ReturnType<typeof probeGaps> {
  const base = await sampleOptions()
  const [cell] = await base.warehouse.matrix({ since: instant(0), until: instant(NOW + 1) })
  const cells = measured.flatMap(
    ([asn, devices]) =>
      devices.map((probes): MatrixCell => ({ ...cell!, asn: parseAsn(asn), probes, simulated, latest: instant(NOW) })), // the sample has cells
  )
  const known = new Map<number, Network>(TABLE.map((one) => [one.asn, one]))
  return probeGaps({
    ...base,
    warehouse: { ...base.warehouse, matrix: async () => cells },
    names: {
      services: [],
      networkName: (asn: Asn) => known.get(asn)?.name,
      network: (asn: Asn) => known.get(asn),
      networks: TABLE,
    },
  })
}

describe('where probes are missing', () => {
  it('says of each network of users none, fewer than five, or how many', async () => {
    const { networks } = await gapsOf([
      [20, [1, 4, 2]],
      [30, [5, 3]],
      [40, [9]],
      [60, [1]],
    ])
    assert.deepEqual(
      networks.map(({ asn, devices }) => [asn, devices]),
      [
        [10, 'none'],
        [60, 'few'],
        [20, 'few'],
        [30, 5],
      ],
      'hosting, other countries and invented networks are left out, and services are not added up',
    )
  })

  it('lists only invented networks of a simulated site', async () => {
    const { networks } = await gapsOf([[64_497, [7]]], true)
    assert.deepEqual(
      networks.map(({ asn, devices }) => [asn, devices]),
      [
        [64_496, 'none'],
        [64_497, 7],
      ],
    )
  })

  it('is on the page with no number below five', async () => {
    const site = await sampleSite({ simulated: true })
    for (const lang of LANGS) {
      const text = await (await site.request(urls.plain(lang, 'probe'))).text()
      const part = /<h2 id="gaps">.*?<table/s.exec(text)?.[0] ?? ''
      assert.ok(part.includes(urls.network(lang, parseAsn(64_496))), lang)
      assert.doesNotMatch(part.replaceAll(/<[^>]*>/g, ' '), /:\s[0-4]\s/)
    }
  })

  it('quotes the figures that the method publishes', () => {
    const page = readFileSync(join(PACKAGE_ROOT, 'docs/methods/simulated-series.md'), 'utf8')
    const rows = [...page.matchAll(/^\| (\d+) \| (\d+) of (\d+) \| [^|]+\| ?(\d*) ?\| ?(\d*) ?\|$/gm)]
    assert.deepEqual(
      rows.map((row) => row.slice(1).map((one) => (one === '' ? undefined : Number(one)))),
      DEVICES_POWER.map((one) => [one.devices, one.found, one.restrictions, one.startWithin, one.alarmAfter]),
    )
  })
})

describe('the poster of a site', () => {
  it('leads to the page on joining at the public address; without one there is none', async () => {
    const asked: string[] = []
    const poster = async (lang: string, address: string): Promise<Uint8Array> => {
      asked.push(`${lang} ${address}`)
      return new TextEncoder().encode('%PDF')
    }
    const { frame } = await sampleOptions()
    const site = await sampleSite({ poster, frame: { ...frame, origin: 'https://kuager.example' } })
    const answer = await site.request(urls.poster('kk'))
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/pdf'])
    assert.deepEqual(asked, ['kk https://kuager.example/kk/join'])
    assert.ok((await (await site.request(urls.plain('kk', 'probe'))).text()).includes(urls.poster('kk')))
    const without = await sampleSite({ poster, frame: { ...PLAIN_FRAME, assets: frame.assets } })
    assert.equal((await without.request(urls.poster('kk'))).status, 404)
    assert.ok(!(await (await without.request(urls.plain('kk', 'probe'))).text()).includes(urls.poster('kk')))
  })
})
