import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../test/kit/evening/incident-sample.ts'
import { openCardMaker } from '../../test/kit/site/card-maker.ts'
import { judged } from '../../test/kit/measured/judged.ts'
import { memoryIncidents } from '../../test/kit/stores/memory-incidents.ts'
import { memoryWarehouse } from '../../test/kit/stores/memory-warehouse.ts'
import { sampleRows, sampleSite } from '../../test/kit/site/site-sample.ts'
import { digestOf } from './incident/around.ts'
import { checkCode } from '../core/evidence/check-code.ts'
import { formatAsn, instant, parseInstant } from '../core/model/units.ts'
import { knownNow } from './last-failed.ts'
import { openSpeak } from './spoken.ts'
import { urls } from './urls.ts'

// The clock of the sample is 16:02; its newest measurement is an hour older.
const at = (clock: string): ReturnType<typeof parseInstant> => parseInstant(`2026-03-05T${clock}:00Z`)
const edge = (first: string, middle: string, last: string): typeof SAMPLE_KINDS.running.start => ({
  ...SAMPLE_KINDS.running.start,
  median: at(middle),
  lo95: at(first),
  hi95: at(last),
  lo50: at(first),
  hi50: at(last),
  bracket: [at(first), at(last)],
})
/** Published as going on at ten past, and nothing was measured since. */
const lastFailedAt = (clock: string): typeof SAMPLE_KINDS.running => ({
  ...SAMPLE_KINDS.running,
  simulated: false,
  start: edge('10:55', '11:00', '11:05'),
  end: { kind: 'open', bracket: [at(clock), undefined] },
  revisedAt: instant(at(clock) + 600_000),
})
const { id, service, asn } = SAMPLE_KINDS.running
/** What a board knows of its running incident. */
const BOARD = { lastFailed: new Map([[`${id} 1`, at('15:30')]]) }

describe('an incident of which nothing was heard for three hours', () => {
  it('goes on nowhere: neither on its page nor in a list, its service, its network or a text to forward', async () => {
    // Nothing of this series was measured since: the others of the sample were.
    const others = sampleRows(false).filter((row) => row.service !== service || row.head.probeAsn !== asn)
    const warehouse = memoryWarehouse(others)
    const site = await sampleSite({ incidents: memoryIncidents([lastFailedAt('12:00')]), warehouse })
    const paths = [
      urls.incident('en', id),
      urls.incidentText('en', id),
      urls.incidents('en'),
      urls.service('en', service),
      urls.network('en', asn),
      urls.matrix('en'),
      urls.plain('en', 'chronicle'),
      urls.first('en', asn),
    ]
    for (const path of paths) {
      const response = await site.request(path)
      assert.equal(response.status, 200, path)
      assert.doesNotMatch(
        await response.text(),
        /Instagram does not open|ongoing(?! restrictions seen)|will change/,
        path,
      )
    }
    const page = await (await site.request(urls.incident('en', id))).text()
    assert.match(page, /Instagram did not open.*17:00 or later/s)
    assert.match(page, /Last failed measurement: 5\sMarch\s2026, 17:00\.\s+It is not known what happened after that\./)
  })

  it('goes on everywhere while its last failed measurement speaks of the present', async () => {
    const site = await sampleSite({ incidents: memoryIncidents([lastFailedAt('15:00')]) })
    for (const path of [urls.incident('en', id), urls.incidents('en'), urls.service('en', service)])
      assert.match(await (await site.request(path)).text(), /Instagram does not open/, path)
  })

  it('goes on while its measurements fail, however long ago its revision was made, and shuts the cell and the strip', async () => {
    // Published at 5:10, and every hour since a device was shut out; it opened at 4:00.
    const published = { ...lastFailedAt('05:00'), start: edge('04:50', '04:55', '05:00') }
    const rows = Array.from({ length: 11 }, (_, hour) =>
      judged({
        leafIndex: 1000 + hour,
        service,
        asn: formatAsn(asn),
        at: instant(at('05:30') + hour * 3_600_000),
        verdict: { kind: 'interfered', mechanism: 'tls.timeout.sni', layer: 'tls' },
      }),
    )
    const site = await sampleSite({ incidents: memoryIncidents([published]), warehouse: memoryWarehouse(rows) })
    const page = await (await site.request(urls.incident('en', id))).text()
    assert.match(page, /Instagram does not open/)
    assert.match(page, /ongoing/)
    assert.match(page, /failed measurement: 5\sMarch\s2026, 20:30/)
    assert.match(page, /The time of the last failed measurement comes from later measurements/)
    for (const path of [urls.incidents('en'), urls.service('en', service), urls.network('en', asn)])
      assert.match(await (await site.request(path)).text(), /Instagram does not open/, path)
    assert.equal(
      (await knownNow(memoryIncidents([published]), async () => BOARD).current())[0]?.end.bracket[0],
      at('15:30'),
    )
    // A feed tells the times of its revision: its text stands still while `updated` does.
    const entries = async (measured: typeof rows): Promise<string> => {
      const of = await sampleSite({ incidents: memoryIncidents([published]), warehouse: memoryWarehouse(measured) })
      return (await of.request(urls.feed('en'))).text()
    }
    const feed = await entries(rows)
    assert.match(feed, /<title type="text">Instagram does not open\b/)
    assert.equal(await entries(rows.slice(0, -1)), feed)
    const { cells } = (await (await site.request('/api/v1/board')).json()) as {
      readonly cells: readonly { readonly service: string; readonly state: string }[]
    }
    assert.deepEqual(
      cells.filter((one) => one.service === service).map(({ state }) => state),
      ['shut'],
    )
  })

  it('has one text for one code in everything that is handed out, also after later measurements', async () => {
    const published = { ...lastFailedAt('05:00'), start: edge('04:50', '04:55', '05:00') }
    const failed = (hour: number): ReturnType<typeof judged> =>
      judged({
        leafIndex: 1000 + hour,
        service,
        asn: formatAsn(asn),
        at: instant(at('04:56') + hour * 3_600_000),
        verdict: { kind: 'interfered', mechanism: 'tls.timeout.sni', layer: 'tls' },
      })
    const handedOut = async (hours: number): Promise<readonly string[]> => {
      const warehouse = memoryWarehouse(Array.from({ length: hours }, (_, hour) => failed(hour)))
      const site = await sampleSite({ incidents: memoryIncidents([published]), warehouse, cards: openCardMaker() })
      const read = async (path: string): Promise<string> => (await site.request(path)).text()
      const page = await read(urls.incident('en', id))
      const texts = page.match(/<blockquote class="quote">.*?<\/blockquote>|class="cite">[^<]*</gs) ?? []
      assert.equal(texts.length, 4)
      return [...texts, await read(urls.incidentText('en', id)), await read(urls.incidentChart('en', id, 1, 'svg'))]
    }
    const early = await handedOut(2)
    assert.match(early[2] ?? '', /last failed measurement 10:00 or later/)
    assert.deepEqual(await handedOut(11), early)
    assert.deepEqual(await handedOut(3), early)
  })

  it('keeps the code of what was published', async () => {
    const published = lastFailedAt('12:00')
    const site = await sampleSite({ incidents: memoryIncidents([published]) })
    const code = checkCode(await digestOf(published))
    for (const path of [urls.incident('en', id), urls.incidentText('en', id)])
      assert.ok((await (await site.request(path)).text()).includes(code), path)
  })

  it('has the present of its own kind: the clock where the board is of the other', async () => {
    const board = async () => ({ asOf: at('13:00'), simulated: true, lastFailed: new Map() })
    const speak = openSpeak(board, { now: () => at('16:00') })
    const real = lastFailedAt('12:00')
    const spoken = await speak([real, { ...real, simulated: true }])
    assert.deepEqual(
      spoken.map(({ running }) => running),
      [false, true],
    )
  })
})
