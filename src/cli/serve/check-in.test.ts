import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { isNeverHost } from '../../core/model/tables/test-list.ts'
import { instant, parseAsn, parseCountryCode } from '../../core/model/units.ts'
import { CheckIn, type CheckInAnswer } from '../../pipeline/receive/check-in.ts'
import { parseReportId } from '../../pipeline/receive/report-id.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { loadNever } from '../../runtime/tables/test-lists.ts'
import { systemClock } from '../../runtime/clock.ts'
import { offeredUrls } from '../../app/folder/collector.ts'

const place = { asn: parseAsn(9198), name: 'Kazakhtelecom', cc: parseCountryCode('KZ') }

describe('what the collector offers to probes', () => {
  let folder = ''
  let list = ''
  const never = loadNever()
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-offer-'))
    list = join(folder, 'kz.csv')
    const barred = never.categories.map(({ code }) => `https://${code.toLowerCase()}.example/,${code},,2020-01-01,me,`)
    const hosts = never.hosts.map(({ host }) => `https://www.${host}/,NEWS,,2020-01-01,me,`)
    const lines = ['url,category_code,category_description,date_added,source,notes', ...barred, ...hosts]
    await writeFile(list, [...lines, 'https://news.example/,NEWS,,2020-01-01,me,', ''].join('\n'))
  })
  after(() => rm(folder, { recursive: true }))
  const { services } = loadTables()
  const checkIn = (urls = offeredUrls(services, [list])): CheckIn =>
    new CheckIn({
      helpers: ['https://control.example'],
      urls,
      placeOf: (address) => (address === '95.56.1.1' ? place : undefined),
      clock: { now: () => instant(Date.UTC(2025, 2, 1, 15)), monotonic: systemClock.monotonic },
    })
  const ask = (request: unknown, sender?: string): CheckInAnswer => checkIn().checkIn(request, sender)

  it('holds nothing of tier N and nothing that needs a second consent', () => {
    const urls = offeredUrls(services, [list])
    assert.ok(urls.length > 10)
    const barred = new Set(never.categories.map(({ code }) => code))
    for (const code of ['PORN', 'GMB', 'DATE', 'LGBT']) assert.ok(barred.has(code), code)
    for (const { url, category_code: code } of urls) {
      assert.ok(!isNeverHost(new URL(url).hostname, never), url)
      assert.ok(!barred.has(code), url)
    }
    const asked = new Set(
      services.filter(({ tier }) => tier !== 'A').flatMap((s) => s.endpoints.map(({ host }) => host)),
    )
    const own = new Set(services.filter(({ tier }) => tier === 'A').flatMap((s) => s.endpoints.map(({ host }) => host)))
    for (const { url } of urls) if (!own.has(new URL(url).hostname)) assert.ok(!asked.has(new URL(url).hostname), url)
    assert.ok(urls.some(({ url }) => url === 'https://news.example/'))
  })

  it('tells the sender its address where it asks for it, for its own eyes, and no one else any', () => {
    assert.deepEqual(ask({ x_client: true }, '95.56.1.1').x_client, { address: '95.56.1.1' })
    for (const request of [{}, { x_client: 'yes' }, { x_client: { address: '1.2.3.4' } }])
      assert.ok(!JSON.stringify(ask(request, '95.56.1.1')).includes('95.56.1.1'))
    assert.equal(ask({ x_client: true }).x_client, undefined)
    assert.deepEqual(
      ask({ x_client: true, web_connectivity: { category_codes: ['NONE'] } }).tests.web_connectivity.urls,
      [],
    )
  })

  it('depends on how the run began, and on the categories asked for', () => {
    const all = offeredUrls(services, [list]).length
    const count = (request: object): number => ask(request).tests.web_connectivity.urls.length
    assert.equal(count({ run_type: 'manual' }), all)
    assert.equal(count({ run_type: 'timed', charging: true }), Math.min(100, all))
    assert.equal(count({ run_type: 'timed', charging: false }), 20)
    const news = ask({ run_type: 'manual', web_connectivity: { category_codes: ['NEWS'] } }).tests.web_connectivity.urls
    assert.deepEqual(news, [{ url: 'https://news.example/', category_code: 'NEWS', country_code: 'KZ' }])
  })

  it('says where the probe is by its address, and repeats its own word only where no table knows', () => {
    const seen = ask({ probe_cc: 'DE', probe_asn: 'AS3320' }, '95.56.1.1')
    assert.deepEqual(
      [seen.v, seen.probe_cc, seen.probe_asn, seen.probe_network_name, seen.utc_time],
      [1, 'KZ', 'AS9198', 'Kazakhtelecom', '2025-03-01T15:00:00Z'],
    )
    assert.deepEqual(seen.conf.test_helpers['web-connectivity'], [
      { address: 'https://control.example', type: 'https' },
    ])
    assert.equal(parseReportId(seen.tests.web_connectivity.report_id)?.asn, 'AS9198')
    assert.equal(ask({ probe_cc: 'KZ', probe_asn: 'AS9198' }, '20.1.1.1').probe_asn, 'AS9198')
    for (const hostile of [null, 7, {}, { probe_cc: ['KZ'], probe_asn: {} }, { probe_asn: 'AS1', probe_cc: '<b>' }])
      assert.deepEqual([ask(hostile).probe_cc, ask(hostile).probe_asn], ['ZZ', 'AS0'])
  })

  it('looks addresses up, fifty at most, and only addresses', () => {
    const found = checkIn().geolookup({ addresses: ['95.56.1.1', '20.1.1.1'] })
    assert.deepEqual(found, {
      v: 1,
      geolocation: {
        '95.56.1.1': { cc: 'KZ', asn: 9198, as_name: 'Kazakhtelecom' },
        '20.1.1.1': { cc: 'ZZ', asn: 0, as_name: '' },
      },
    })
    for (const wrong of [
      {},
      { addresses: 'x' },
      { addresses: [7] },
      { addresses: Array.from({ length: 51 }, () => '1.1.1.1') },
    ])
      assert.equal(checkIn().geolookup(wrong), undefined)
  })
})
