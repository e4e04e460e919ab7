import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { apiSample } from '../../../test/kit/evening/api-sample.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { ERASED, sampleId } from '../../../test/kit/site/site-sample.ts'
import { instant, parseAsn, type Sha256 } from '../../core/model/units.ts'
import type { Archived } from '../../store/archive/contract.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'

const INCIDENT = 'youtube-as64500-20260305T1502Z'
const SERIES = '/api/v1/series.jsonl?service=youtube&since=2026-02-01&until=2026-03-05'

/** An archive of small documents that remembers what was read, and where one of them is not a measurement. */
function archive(broken?: Sha256): SiteOptions['archive'] & { readonly seen: Sha256[] } {
  const seen: Sha256[] = []
  return {
    seen,
    read: async (id): Promise<Archived> => {
      seen.push(id)
      if (id === ERASED) return { kind: 'erased', leafIndex: 7, erasedAt: instant(0), reason: 'right of a person' }
      const text = id === broken ? 'no JSON' : JSON.stringify({ id, test_name: 'web_connectivity' })
      return {
        kind: 'blob',
        leafIndex: 0,
        provenance: { id, receivedAt: instant(0), channel: 'simulator', origin: '' },
        salt: new Uint8Array(16),
        bytes: new TextEncoder().encode(text),
      }
    },
  }
}

const idsOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => String((JSON.parse(line) as { readonly id: unknown }).id))

describe('a download in OONI’s format', () => {
  it('holds every measurement of a series once, over all its parts, each said to be simulated', async () => {
    const site = await apiSample({ archive: archive() })
    const found: string[] = []
    let next = ''
    do {
      const response = await site.request(`${SERIES}&limit=5${next === '' ? '' : `&cursor=${next}`}`)
      assert.equal(response.headers.get('content-type'), 'application/x-ndjson; charset=utf-8')
      assert.match(
        response.headers.get('content-disposition') ?? '',
        /filename="simulated-kuager-youtube[\w.-]*\.jsonl"/,
      )
      const text = await response.text()
      assert.equal(text.split('\n').length - 1, [...text.matchAll(/^\{"simulated":true,/gm)].length)
      found.push(...idsOf(text))
      next = response.headers.get('x-kuager-next') ?? ''
    } while (next !== '')
    assert.equal(found.length, 19)
    assert.equal(new Set(found).size, found.length)
  })

  it('reads no more than is taken', async () => {
    const read = archive()
    const site = await apiSample({ archive: read })
    const response = await site.request(SERIES)
    assert.equal(read.seen.length, 0)
    const reader = response.body?.getReader()
    await reader?.read()
    assert.equal(read.seen.length, 1)
    await reader?.cancel()
    assert.equal(read.seen.length, 1)
    const head = await site.request(SERIES, { method: 'HEAD' })
    assert.equal(head.status, 200)
    assert.equal(read.seen.length, 1)
  })

  it('leaves out what was erased and what has no public form, and goes on', async () => {
    const warned: unknown[] = []
    const log = {
      debug: () => {},
      info: () => {},
      error: () => {},
      warn: (fields: unknown) => void warned.push(fields),
    }
    const of = async (broken?: Sha256): Promise<readonly string[]> => {
      const site = await apiSample({ archive: archive(broken), log })
      return idsOf(await (await site.request(urls.apiIncidentMeasurements(INCIDENT, 'jsonl'))).text())
    }
    assert.deepEqual(await of(), [sampleId('youtube', 4, 1), sampleId('youtube', 4, 0)])
    assert.equal(warned.length, 0)
    assert.deepEqual(await of(sampleId('youtube', 4, 1)), [sampleId('youtube', 4, 0)])
    assert.equal(warned.length, 1)
  })

  it('of an incident goes on in the revision it began with, and takes no cursor of another', async () => {
    const site = await apiSample({ archive: archive() })
    const path = urls.apiIncidentMeasurements(INCIDENT, 'jsonl')
    const first = await site.request(`${path}?limit=2`)
    assert.equal(idsOf(await first.text()).length, 2)
    const next = first.headers.get('x-kuager-next') ?? ''
    const second = await site.request(`${path}?limit=2&cursor=${next}`)
    assert.deepEqual([second.status, await second.text(), second.headers.get('x-kuager-next')], [200, '', null])
    for (const other of [
      `${path}?revision=1&cursor=${next}`,
      `${urls.apiIncidentMeasurements('signal-as64499-20260305T1502Z', 'jsonl')}?cursor=${next}`,
    ])
      assert.equal((await site.request(other)).status, 400, other)
  })

  it('of one measurement is open to every page and not sent again', async () => {
    const site = await apiSample()
    const path = urls.measurementJson(sampleId('youtube', 0, 0))
    const response = await site.request(path)
    assert.equal(response.headers.get('access-control-allow-origin'), '*')
    const etag = response.headers.get('etag') ?? ''
    assert.equal((await site.request(path, { headers: { 'if-none-match': etag } })).status, 304)
  })
})

describe('a series', () => {
  it('that is too long for one answer says how to have it', async () => {
    const site = await apiSample()
    const days = { since: '2026-02-27', until: '2026-03-05' }
    const path = urls.apiSeries('youtube', parseAsn(64496), days)
    assert.equal((await site.request(path)).status, 200)
    const many = await apiSample({
      warehouse: {
        ...memoryWarehouse([]),
        listed: async (_, { most }) =>
          Array.from({ length: most }, (__, leafIndex) => ({
            id: sampleId('youtube', 0, 0),
            at: instant(0),
            kind: 'reachable',
            log10Lr: 0,
            testName: '',
            channel: 'simulator',
            simulated: true,
            asn: parseAsn(64496),
            leafIndex,
          })),
      },
    })
    const response = await many.request(path)
    assert.equal(response.status, 400)
    assert.match(await response.text(), /"query\.too-much".*\/api\/v1\/measurements/)
  })
})
