import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PassThrough } from 'node:stream'
import { SOLVED, countedWork } from '../../../test/kit/crash/counted-work.ts'
import { OWN } from '../../../test/kit/evening/first-sample.ts'
import { samplePeople } from '../../../test/kit/evening/people-sample.ts'
import { reportSite, type ReportSite } from '../../../test/kit/site/report-site.ts'
import type { SiteOptions } from '../site-options.ts'

const ADDRESS = '192.0.2.77'
const FORM = 'application/x-www-form-urlencoded'

/** A body of node:http, as the server hands it to a route. */
function incoming(body: string | Uint8Array): object {
  const stream = new PassThrough()
  stream.end(body)
  return Object.assign(stream, { complete: true, socket: { remoteAddress: '127.0.0.1' } })
}

interface Posted {
  readonly fields?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly lang?: string
}

/** The first line of each page of a simulated site. */
const SIMULATED = 'Модельденген, шын өлшем емес'

const GOOD = { service: 'youtube', problem: 'slow', since: 'hour', region: 'KZ-75' } as const

async function ticketOf({ site }: ReportSite): Promise<string> {
  const text = await (await site.request('/ru/report')).text()
  return ticketIn(text)
}
const ticketIn = (text: string): string => /name="ticket" value="([\w-]+)"/.exec(text)?.[1] ?? ''

function postOnce({ site }: ReportSite, { fields = {}, body, headers = {}, lang = 'ru' }: Posted): Promise<Response> {
  const sent = body ?? new URLSearchParams(fields).toString()
  const request = {
    method: 'POST',
    headers: { 'content-type': FORM, 'x-forwarded-for': ADDRESS, 'sec-fetch-site': 'same-origin', ...headers },
  }
  return Promise.resolve(site.request(`/${lang}/report`, request, { incoming: incoming(sent) }))
}

/** Where a report was not taken, the page at the address that was answered; no post itself is answered with a page. */
async function post(opened: ReportSite, posted: Posted): Promise<Response> {
  const answer = await postOnce(opened, posted)
  assert.deepEqual([answer.status, await answer.text()], [303, ''])
  const to = answer.headers.get('location') ?? ''
  return to.endsWith('/thanks') ? answer : opened.site.request(to, { headers: { 'x-forwarded-for': ADDRESS } })
}

/** Opens the form, waits as a person does, sends. */
async function send(opened: ReportSite, fields: Readonly<Record<string, string>>): Promise<Response> {
  const ticket = await ticketOf(opened)
  opened.wait(20_000)
  return post(opened, { fields: { ...GOOD, ticket, ...fields } })
}

/** A desk that gives one ticket and knows no sender. */
const DESK = { ticket: () => 'x', partOf: () => undefined } as const

const opened = (change?: Partial<SiteOptions>): Promise<ReportSite> => reportSite(change)

describe('the form of reports', () => {
  it('says of a simulated site that it is one, on the form and after it', async () => {
    const { site } = await opened()
    const board = await (await site.request('/kk/')).text()
    for (const path of ['/kk/report', '/kk/report/thanks'])
      assert.equal((await (await site.request(path)).text()).includes(SIMULATED), board.includes(SIMULATED), path)
    assert.ok(board.includes(SIMULATED), 'the sample is simulated')
  })

  it('takes a report, leads to a page that names nothing of it, and keeps no address', async () => {
    const site = await opened()
    const answer = await send(site, { note: 'крутится круг' })
    assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/ru/report/thanks'])
    assert.equal(answer.headers.get('set-cookie'), null)
    const [row] = site.store.reports
    assert.deepEqual(
      [row?.service, row?.problem, row?.since, row?.region, row?.asn, row?.said, row?.state],
      ['youtube', 'slow', 'hour', 'KZ-75', OWN, undefined, 'counted'],
    )
    assert.equal(site.store.kept[0]?.text, 'крутится круг')
    assert.ok(!JSON.stringify([site.store.reports, site.store.kept]).includes(ADDRESS))
    const thanks = await (await site.site.request('/ru/report/thanks')).text()
    assert.ok(thanks.includes('Спасибо') && !/YouTube|крутится/.test(thanks))
    assert.match(thanks.slice(thanks.indexOf('<main')).split('</main>')[0] ?? '', /href="\/ru\/map"/)
  })

  it('is another one for each reader, and no cache on the way keeps it', async () => {
    const site = await opened()
    const answer = await site.site.request('/kk/report')
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/)
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'.*connect-src 'self'$/)
    assert.notEqual(await ticketOf(site), await ticketOf(site))
  })

  it('comes back with what was typed and an error at each field that is wrong', async () => {
    const site = await opened()
    const answer = await send(site, {
      service: 'nothing"><script>alert(1)</script>',
      problem: 'explodes',
      since: 'always',
      region: 'KZ-00',
      network: 'AS1',
      note: `<img src=x onerror=alert(1)>\u202e${'ы'.repeat(1001)}`,
    })
    assert.equal(answer.status, 422)
    const text = await answer.text()
    for (const field of ['service', 'problem', 'since', 'region', 'network', 'note'])
      assert.ok(text.includes(`id="f-${field}-e"`), field)
    assert.ok(text.includes('&lt;img src=x onerror=alert(1)&gt;') && !text.includes('<img') && !text.includes('\u202e'))
    assert.ok(!text.includes('alert(1)</script>'))
    assert.equal(site.store.reports.length, 0)
  })

  it('is sent at the second press where it came faster than people are, or a hidden field was filled in', async () => {
    for (const fields of [{}, { website: 'http://spam.example' }] as const) {
      const site = await opened()
      const ticket = await ticketOf(site)
      if ('website' in fields) site.wait(20_000)
      const first = await post(site, { fields: { ...GOOD, ticket, note: 'мой текст', ...fields } })
      assert.equal(first.status, 422)
      const text = await first.text()
      assert.ok(text.includes('мой текст') && text.includes('ещё раз') && site.store.reports.length === 0)
      const second = await post(site, { fields: { ...GOOD, ticket: ticketIn(text), note: 'мой текст' } })
      assert.deepEqual([second.status, site.store.reports.length], [303, 1])
    }
  })

  it('is taken at the first press of a page that brought work, however fast, old or filled in by a browser it is', async () => {
    const site = await opened({ work: countedWork('report') })
    const [early, old] = [await ticketOf(site), await ticketOf(site)]
    const first = await post(site, { fields: { ...GOOD, ticket: early, work: SOLVED, website: 'filled in' } })
    site.wait(13 * 3_600_000)
    const second = await post(site, { fields: { ...GOOD, ticket: old, work: SOLVED } })
    const third = await post(site, { fields: { ...GOOD, ticket: 'of a server before its restart', work: SOLVED } })
    assert.deepEqual([first.status, second.status, third.status, site.store.reports.length], [303, 303, 303, 3])
  })

  it('opens with the network and the service of the page it was reached from, and keeps them in another language', async () => {
    const { site } = await opened({ people: samplePeople() })
    const text = await (await site.request('/ru/report?service=telegram&network=AS64501')).text()
    assert.match(text, /<option value="telegram" selected>/)
    assert.match(text, /<option value="AS64501" selected>/)
    assert.ok(text.includes('href="/kk/report?service=telegram&amp;network=AS64501"'))
    for (const path of ['/ru/?network=AS64501', '/ru/check?network=AS64501', '/ru/n/AS64501'])
      assert.ok((await (await site.request(path)).text()).includes('href="/ru/report?network=AS64501"'), path)
    assert.ok((await (await site.request('/ru/s/youtube')).text()).includes('href="/ru/report?service=youtube"'))
  })

  it('refuses a ticket that it did not give, one that was altered, and one of yesterday, and offers another', async () => {
    const site = await opened()
    const ticket = await ticketOf(site)
    site.wait(60_000)
    for (const other of ['', 'x'.repeat(42), ticket.slice(0, 8) + (ticket[8] === 'A' ? 'B' : 'A') + ticket.slice(9)])
      assert.equal((await post(site, { fields: { ...GOOD, ticket: other } })).status, 422)
    site.wait(13 * 3_600_000)
    assert.equal((await post(site, { fields: { ...GOOD, ticket } })).status, 422)
    assert.equal(site.store.reports.length, 0)
  })

  it('counts one form once for a service', async () => {
    const site = await opened()
    const ticket = await ticketOf(site)
    site.wait(20_000)
    for (const service of ['youtube', 'youtube', 'telegram'])
      assert.equal((await post(site, { fields: { ...GOOD, ticket, service } })).status, 303)
    assert.deepEqual(
      site.store.reports.map(({ service, state }) => [service, state]),
      [
        ['youtube', 'counted'],
        ['youtube', 'repeat'],
        ['telegram', 'counted'],
      ],
    )
  })

  it('distinguishes the network that a reader chose from the one that an address shows', async () => {
    const site = await opened()
    await send(site, { network: 'AS64501' })
    await send(site, { network: 'none' })
    await send(site, { network: '' })
    assert.deepEqual(
      site.store.reports.map(({ asn, said }) => [asn, said]),
      [
        [64501, true],
        [undefined, undefined],
        [OWN, undefined],
      ],
    )
  })

  it('takes nothing from a page of another site, and shows what was typed to be looked through', async () => {
    const site = await opened()
    const fields = { ...GOOD, ticket: await ticketOf(site), note: 'мой текст' }
    site.wait(20_000)
    const answer = await post(site, { fields, headers: { 'sec-fetch-site': 'cross-site' } })
    const text = await answer.text()
    assert.deepEqual([answer.status, site.store.reports.length], [403, 0])
    assert.ok(text.includes('мой текст') && text.includes('не с нашей страницы'))
    const second = await post(site, { fields: { ...fields, ticket: ticketIn(text) } })
    assert.deepEqual([second.status, site.store.reports.length], [303, 1])
  })

  it('gives back a text that is far too long, the beginning of one that is longer still, and takes neither', async () => {
    const site = await opened()
    const start = new URLSearchParams({ ...GOOD, ticket: await ticketOf(site), note: '' }).toString()
    site.wait(20_000)
    for (const [letters, back] of [
      [10_000, 10_000],
      [200_000, Math.floor((64 * 1024 - start.length) / 6)],
    ] as const) {
      const answer = await post(site, { body: start + encodeURIComponent('ы'.repeat(letters)) })
      const text = await answer.text()
      assert.equal(answer.status, 422)
      assert.ok(text.includes('id="f-note-e"') && text.includes('value="KZ-75" selected'))
      assert.equal(/[>\n](ы+)<\/textarea>/.exec(text)?.[1]?.length, back)
    }
    assert.equal(site.store.reports.length, 0)
  })

  it('takes nothing of another type, without an end, or without a form', async () => {
    const site = await opened()
    const fields = { ...GOOD, ticket: await ticketOf(site) }
    site.wait(20_000)
    const statuses = [
      await post(site, { fields, headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
      await post(site, { body: `note2=${'x'.repeat(70_000)}` }),
      await post(site, { body: `${new URLSearchParams(fields)}&note2=${'x'.repeat(70_000)}` }),
      await post(site, { body: new Uint8Array(300).fill(0xff) }),
    ].map(({ status }) => status)
    assert.deepEqual(statuses, [415, 422, 413, 422])
    assert.equal(site.store.reports.length, 0)
  })

  it('takes a report where the networks to choose from cannot be read', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('no warehouse'))
    const site = await opened({ incidents: { current: gone, revisions: gone, corrections: gone, episodes: gone } })
    assert.equal((await site.site.request('/ru/')).status, 500)
    assert.equal((await send(site, { note: 'мой текст' })).status, 303)
    assert.equal(site.store.kept[0]?.text, 'мой текст')
  })

  it('is shown with what was typed at an address that cannot be guessed, and for two minutes', async () => {
    const site = await opened()
    const answer = await postOnce(site, { fields: { note: 'мой текст' } })
    const to = answer.headers.get('location') ?? ''
    assert.match(to, /^\/ru\/report\/back\/[\w-]{22}$/)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    const shown = async (path: string): Promise<readonly [number, boolean, string | null]> => {
      const page = await site.site.request(path)
      return [page.status, (await page.text()).includes('мой текст'), page.headers.get('cache-control')]
    }
    assert.deepEqual(await shown(to), [422, true, 'private, no-store'])
    assert.deepEqual(await shown(to.replace('/ru/', '/kk/')), [410, false, 'private, no-store'])
    for (const none of ['a'.repeat(22), 'constructor', '__proto__', '200'])
      assert.deepEqual(await shown(`/ru/report/back/${none}`), [410, false, 'private, no-store'], none)
    site.wait(120_000)
    assert.deepEqual(await shown(to), [410, false, 'private, no-store'])
  })

  it('says what broke without saying that it was taken', async () => {
    const site = await reportSite({
      store: {
        ...(await opened()).store,
        add: () => Promise.reject(new Error('disk full')),
      },
    })
    const answer = await send(site, { note: 'останется' })
    assert.equal(answer.status, 503)
    assert.ok((await answer.text()).includes('останется'))
  })

  it('says how long to wait where too much comes from one part of the network, and keeps what was typed', async () => {
    const site = await opened({ reports: { ...DESK, take: async () => ({ kind: 'later', wait: 7 }) } })
    const answer = await post(site, { fields: { ...GOOD, ticket: 'x', note: 'останется' } })
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '7'])
    assert.ok((await answer.text()).includes('останется'))
  })

  it('believes a proof of work that holds, and requires none', async () => {
    const worked: boolean[] = []
    const site = await opened({
      work: countedWork('report'),
      reports: {
        ...DESK,
        take: async (sent) => {
          worked.push(sent.worked)
          return { kind: 'taken' }
        },
      },
    })
    for (const work of [SOLVED, '', 'wrong']) await post(site, { fields: { ...GOOD, ticket: 'x', work } })
    assert.deepEqual(worked, [true, false, false])
  })

  it('finds its challenge where others behind the address have used up their questions to the interface', async () => {
    const none = { perSecond: 1, burst: 1, take: () => ({ left: 0, wait: 9 }) }
    const { site } = await opened({ apiRate: none, work: countedWork('report') })
    const ask = async (path: string): Promise<number> =>
      (await site.request(path, {}, { incoming: incoming('') })).status
    assert.deepEqual([await ask('/api/v1/networks'), await ask('/work/report')], [429, 200])
  })
})
