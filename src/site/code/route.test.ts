import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openCardMaker } from '../../../test/kit/site/card-maker.ts'
import { SAMPLE_KINDS, sampleRevisions } from '../../../test/kit/evening/incident-sample.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { sampleRows, sampleSite } from '../../../test/kit/site/site-sample.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { instant, parseInstant } from '../../core/model/units.ts'
import { codeOf, minuteText, serviceCode } from './codes.ts'
import { placeCode, placesAt } from '../place/state.ts'
import { urls } from '../urls.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'

const AT = parseInstant('2026-03-05 15:30:00')
const rows = sampleRows(false)
const site = await sampleSite({ cards: openCardMaker() })
const revisions = sampleRevisions().map((one) => ({ ...one, simulated: false }))

describe('the address of a check code', () => {
  it('leads to the very revision that the code is of', async () => {
    for (const one of revisions) {
      const response = await site.request(urls.code('kk', (await codeOf(one)).toLowerCase()))
      assert.equal(response.status, 200)
      const text = await response.text()
      assert.ok(text.includes(`href="${urls.incident('kk', one.id, { revision: String(one.revision) })}"`))
      const newest = Math.max(...revisions.filter(({ id }) => id === one.id).map(({ revision }) => revision))
      assert.equal(text.includes('Бұл – ең соңғы нұсқа'), newest === one.revision && !one.withdrawn)
      assert.equal(text.includes('Бұл оқиға қайтарып алынды'), one.id === SAMPLE_KINDS.withdrawn.id)
      assert.equal(text.includes(`Одан кейінгісі де бар, соңғысы: ${newest}-нұсқа`), newest > one.revision)
    }
  })

  it('says of an unknown code, and of what is none, what may be wrong', async () => {
    for (const code of ['0000-0000', 'nonsense', '<script>alert(1)</script>', 'UNHEARD-20260305T1530Z-0000-0000']) {
      const response = await site.request(urls.code('en', code))
      assert.equal(response.status, 404, code)
      const text = await response.text()
      assert.match(text, /<form/)
      assert.doesNotMatch(text, /<script/)
    }
  })

  it('has no form in a copy, where no server answers', async () => {
    const copy = await sampleSite({ frame: { ...PLAIN_FRAME, medium: 'mirror' } })
    assert.doesNotMatch(await (await copy.request(urls.code('en', '0000-0000'))).text(), /<form/)
  })

  it('computes a service card again and says that it is the same', async () => {
    const places = await placesAt({ service: 'youtube' }, AT, { warehouse: memoryWarehouse(rows) })
    assert.ok(places.rows.length > 3)
    const alone = await sampleSite({ incidents: undefined as never })
    const text = await (
      await alone.request(urls.code('en', serviceCode('youtube', AT, await placeCode(places))))
    ).text()
    assert.match(text, /The data are the same today/)
  })

  it('takes what goes on from measurements of the three hours before, and reads no earlier ones for it', async () => {
    const [running] = revisions.filter((one) => one.running && one.state !== 'throttled')
    assert.ok(running !== undefined)
    const long = {
      ...running,
      service: 'telegram',
      start: { ...running.start, median: instant(AT - 90 * DAY_MS), bracket: [undefined, undefined] as const },
      end: { bracket: [instant(AT - 40 * DAY_MS), undefined] as const },
    }
    const asked: number[] = []
    const warehouse = memoryWarehouse(rows)
    const lastInterfered: typeof warehouse.lastInterfered = async ({ since, until }) => {
      asked.push(since, until)
      return [{ service: 'telegram', asn: long.asn, latest: instant(AT - 60_000) }]
    }
    const incidents = { current: async () => [long] }
    const { rows: states } = await placesAt({ service: 'telegram' }, AT, {
      warehouse: { ...warehouse, lastInterfered },
      incidents: incidents as never,
    })
    assert.equal(states.find(({ asn }) => asn === long.asn)?.state, long.state === 'restricted' ? 'shut' : 'part')
    assert.deepEqual(asked, [AT - 3 * 3_600_000, AT + 1])
  })

  it('says that what is known has changed where a measurement arrived later, with both codes', async () => {
    const before = await placesAt({ service: 'youtube' }, AT, { warehouse: memoryWarehouse(rows.slice(1)) })
    const code = serviceCode('youtube', AT, await placeCode(before))
    const alone = await sampleSite({ incidents: undefined as never })
    const text = await (await alone.request(urls.code('en', code))).text()
    assert.match(text, /has changed/)
    assert.ok(text.includes(code))
    assert.equal(new Set(text.match(/YOUTUBE-20260305T1530Z-\w{4}-\w{4}/g)).size >= 2, true)
  })
})

describe('the code of a service at a minute', () => {
  it('does not change with measurements of other services, or after the minute', async () => {
    const [first] = rows
    assert.ok(first !== undefined)
    const later = { ...first, head: { ...first.head, startedAt: instant(AT + 60_000) } }
    const other = { ...first, service: 'other' }
    const more = [later, other].map((one, index) => ({
      ...one,
      leafIndex: 9000 + index,
      provenance: { ...one.provenance, id: `${String(index).repeat(64)}` as never },
    }))
    const code = async (list: typeof rows): Promise<string> =>
      placeCode(await placesAt({ service: 'youtube' }, AT, { warehouse: memoryWarehouse(list) }))
    assert.equal(await code(rows), await code([...rows, ...more]))
  })
})

describe('share cards over the wire', () => {
  const [one] = revisions

  it('are PNG with a tag, for each revision and for a service at a minute', async () => {
    assert.ok(one !== undefined)
    for (const path of [
      urls.incidentCard('kk', one.id, one.revision),
      urls.serviceCard('ru', 'youtube', minuteText(AT)),
      urls.serviceCard('en', 'signal', minuteText(AT)),
    ]) {
      const response = await site.request(path)
      assert.equal(response.status, 200, path)
      assert.equal(response.headers.get('content-type'), 'image/png')
      const etag = response.headers.get('etag') ?? ''
      const bytes = new Uint8Array(await response.arrayBuffer())
      assert.deepEqual([...bytes.subarray(1, 4)], [...new TextEncoder().encode('PNG')])
      assert.equal((await site.request(path, { headers: { 'if-none-match': etag } })).status, 304)
    }
  })

  it('are not there for a revision, a service or a minute that does not exist', async () => {
    assert.ok(one !== undefined)
    for (const path of [
      urls.incidentCard('kk', one.id, 99),
      urls.incidentCard('kk', 'unheard-of', 1),
      urls.serviceCard('kk', 'unheard-of', minuteText(AT)),
      urls.serviceCard('kk', 'youtube', '20260230T1530Z'),
      urls.serviceCard('kk', 'youtube', '20990101T0000Z'),
      '/card/kk/s/..%2f..%2fetc.png',
    ])
      assert.equal((await site.request(path)).status, 404, path)
  })

  it('are refused beyond what the server draws in a minute, with the time to come back', async () => {
    const raster = { fonts: openCardMaker().fonts, raster: async () => new Uint8Array(4) }
    const cheap = await sampleSite({ cards: raster })
    let last = 200
    for (let minute = 0; minute < 61; minute++) {
      const path = urls.serviceCard('en', 'youtube', minuteText(instant(AT - minute * 60_000)))
      const response = await cheap.request(path)
      last = response.status
      if (last === 503) assert.match(response.headers.get('retry-after') ?? '', /^\d+$/)
    }
    assert.equal(last, 503)
    assert.ok(one !== undefined)
    assert.equal((await cheap.request(urls.incidentCard('en', one.id, 1))).status, 200, 'those of incidents have room')
  })

  it('are one picture however their address is written', async () => {
    let drawn = 0
    const raster = { fonts: openCardMaker().fonts, raster: async () => new Uint8Array(++drawn) }
    const cheap = await sampleSite({ cards: raster })
    assert.ok(one !== undefined)
    const path = urls.incidentCard('kk', one.id, 1)
    for (const written of [path, path.replace('-as', '-%61s'), `${path}?x=1`])
      assert.equal((await cheap.request(written)).status, 200, written)
    const service = urls.serviceCard('kk', 'youtube', minuteText(AT))
    for (const written of [service, service.replace('youtube', '%79outube')])
      assert.equal((await cheap.request(written)).status, 200, written)
    assert.equal(drawn, 2)
  })

  it('are named by the page of the service where the site has a public address', async () => {
    const known = await sampleSite({
      cards: openCardMaker(),
      frame: { ...PLAIN_FRAME, origin: 'https://kuager.example' },
    })
    const text = await (await known.request(urls.service('kk', 'youtube'))).text()
    assert.match(text, /og:image" content="https:\/\/kuager\.example\/card\/kk\/s\/youtube-\d{8}T\d{4}Z\.png"/)
  })
})
