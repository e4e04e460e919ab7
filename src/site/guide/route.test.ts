import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { closedCollector } from '../../app/folder/collector.ts'
import { methodFigures } from '../../app/observatory/method.ts'
import { operatorSchema, type Operator } from '../../core/model/operator.ts'
import { KEPT_DAYS } from '../../core/model/people/report.ts'
import { sampleEpisode, sampleRevisions } from '../../../test/kit/evening/incident-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { sampleRows, sampleSite } from '../../../test/kit/site/site-sample.ts'
import type { Archived } from '../../store/archive/contract.ts'
import { CATALOGUE } from '../../core/text/catalogue.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { openLog } from '../../runtime/log.ts'
import { UploadSlots } from '../../web/request/request-body.ts'
import { PLAIN_PAGES } from '../../core/text/plain-pages.ts'
import { PLAIN_FRAME, type Frame } from '../../web/html/frame.ts'
import { urls } from '../urls.ts'

type Site = Awaited<ReturnType<typeof sampleSite>>

const ONION = `http://${'abcdefgh234567'.repeat(4)}.onion`
const operator: Operator = operatorSchema.parse({
  name: { kk: 'Мысал қоры', ru: 'Фонд «Пример»', en: 'Example <b>Foundation</b>' },
  seat: { kk: 'Прага', ru: 'Прага', en: 'Prague' },
  funders: [{ name: { kk: 'Адамдар', ru: 'Люди', en: 'People' }, since: '2026', share: '60 %' }],
  interests: [],
  contacts: [
    { kind: 'mail', value: 'desk@observatory.example' },
    { kind: 'web', value: 'javascript:alert(1)' },
    { kind: 'mail', value: 'a@b.example"onmouseover="x' },
  ],
  confirmed: '2026-11-20',
})
const FULL: Frame = {
  ...PLAIN_FRAME,
  origin: 'https://kuager.example',
  onion: ONION,
  mirrors: ['https://mirror.example/kuager/'],
  mirrorKey: 'kuager.example+1a2b3c4d+AdJ0kq3sVb1ZrH8k4M2yPzQmN7wTtXcUe5LfGh9RsIxY',
  operator,
}

const CLOSED = {
  clockIsRight: true,
  helpers: [],
  listFiles: [],
  perSecond: 1,
  trustedProxies: [],
  networkFiles: [],
  realOnly: false,
}

const PAGES: readonly ((lang: Lang) => string)[] = [
  ...(['method', 'data', 'verify', 'probe', 'safety', 'mirrors', 'about'] as const).map(
    (page) => (lang: Lang) => urls.plain(lang, page),
  ),
  urls.methodInFull,
]

const read = async (site: Site, path: string): Promise<string> => {
  const answer = await site.request(path)
  assert.equal(answer.status, 200, path)
  return answer.text()
}
const hrefs = (page: string): readonly string[] =>
  [...page.matchAll(/(?:href|action)="([^"]+)"/g)].map(([, href]) => (href ?? '').replaceAll('&amp;', '&'))
const textOf = (page: string): string => page.replaceAll(/<(style|script)[^]*?<\/\1>/g, '').replaceAll(/<[^>]+>/g, ' ')

describe('the pages in words', () => {
  let plain: Site
  let full: Site
  before(async () => {
    plain = await sampleSite({ simulated: true })
    const log = openLog({ level: 'silent' })
    full = await sampleSite({
      frame: FULL,
      collector: { collector: closedCollector(CLOSED), log, room: new UploadSlots(1) },
      join: { collectors: [], controls: [], repository: 'https://git.example/kuager' },
    })
  })

  it('answer in every language, with one heading and no key for a word', async () => {
    for (const site of [plain, full])
      for (const lang of LANGS)
        for (const page of PAGES) {
          const text = await read(site, page(lang))
          assert.equal(text.match(/<h1/g)?.length, 1, page(lang))
          assert.match(text, new RegExp(`<html lang="${lang}"`))
          assert.doesNotMatch(
            textOf(text),
            /\b(method|full|data|join|safety|mirrors|about|verify|guide)\.[a-z-]+\.[a-z-]+/,
          )
          assert.doesNotMatch(text, /undefined|NaN|\[object/)
        }
  })

  it('say every sentence that has words, so that none is written in vain', async () => {
    const bare = operatorSchema.parse({
      ...operator,
      funders: [],
      interests: [operator.name],
      contacts: (['web', 'onion', 'signal', 'post'] as const).map((kind) => ({ kind, value: 'x' })),
      licence: { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' },
    })
    const copy = await sampleSite({
      frame: { ...FULL, medium: 'mirror', operator: bare },
      archive: { read: async () => HELD },
    })
    const pages = PAGES.flatMap((page) => [plain, full, copy].map((site) => read(site, page('en'))))
    const all = (await Promise.all(pages)).join(' ')
    const shown = textOf(all).replaceAll(/\s+/g, ' ')
    const missing = Object.entries(CATALOGUE.en).filter(([key, words]) => {
      if (!/^(method|full|data|join|safety|mirrors|about|verify)\./.test(key)) return false
      const longest = words.split(/\{[^}]*\}/).toSorted((a, b) => b.length - a.length)[0] ?? ''
      return !shown.includes(longest.trim().replaceAll('&', '&amp;'))
    })
    assert.deepEqual(
      missing.map(([key]) => key),
      [],
    )
  })

  it('tell of reports and of checks from a browser what is kept, and for how long', async () => {
    const text = textOf(await read(plain, '/en/safety'))
    assert.match(text, new RegExp(`About reports and checks sent from a browser: .* erased after ${KEPT_DAYS} days`))
    assert.match(text, /About people who only read: nothing/)
    assert.match(text, /unless you yourself start a check from the browser/)
  })

  it('lead only to addresses that answer, each example among them', async () => {
    const seen = new Set<string>()
    for (const lang of LANGS)
      for (const page of PAGES)
        for (const href of hrefs(await read(plain, page(lang)))) if (href.startsWith('/')) seen.add(href)
    assert.ok(seen.size > 60)
    const wrong: string[] = []
    for (const href of seen) {
      const [path = ''] = href.split('#')
      const { status } = await plain.request(path)
      if (status !== 200 && status !== 304) wrong.push(`${status} ${href}`)
    }
    assert.deepEqual(wrong, [])
  })

  it('show how a card is embedded, by an address that answers', async () => {
    const shown = textOf(await read(full, urls.plain('kk', 'data'))).replaceAll(/\s+/g, ' ')
    const [, path = ''] = /src=&quot;https:\/\/kuager\.example(\/kk\/embed\/[^&]+)&quot;/.exec(shown) ?? []
    assert.match(path, /^\/kk\/embed\/s\//)
    assert.equal((await full.request(path)).status, 200)
    assert.ok(!(await read(plain, urls.plain('kk', 'data'))).includes('iframe'))
  })

  it('cite the digest of the very bytes that the command beside it fetches', async () => {
    const store = memoryIncidents(sampleRevisions(), [sampleEpisode])
    // As the journal of a folder does: the latest revisions with an episode that was no part of them when published.
    const current = async (): Promise<readonly Incident[]> =>
      (await store.current()).map((one) => ({ ...one, episode: 'made-later' }))
    const site = await sampleSite({ incidents: { ...store, current } })
    const page = await read(site, urls.plain('kk', 'verify'))
    const [, id = '', revision = ''] = /\/kk\/i\/([^"?]+)\?revision=(\d+)"/.exec(page) ?? []
    const bytes = await read(site, urls.apiIncident(id, Number(revision)))
    assert.ok(page.includes(createHash('sha256').update(bytes).digest('hex')))
  })

  it('give the text on checking a bundle by hand, and its SHA-512', async () => {
    const text = readFileSync(join(PACKAGE_ROOT, 'docs/bundle/VERIFY.md'), 'utf8')
    const without = await sampleSite({ assets: [] })
    for (const lang of LANGS) {
      const page = await read(plain, urls.plain(lang, 'verify'))
      assert.ok(page.includes(createHash('sha512').update(text).digest('hex')))
      const [, address = ''] = /href="(\/assets\/VERIFY\.md[^"]*)"/.exec(page) ?? []
      assert.equal(await read(plain, address), text)
      assert.ok(!(await read(without, urls.plain(lang, 'verify'))).includes('VERIFY.md?'))
    }
  })

  it('lead to anchors that are there', async () => {
    for (const page of PAGES) {
      const text = await read(plain, page('kk'))
      for (const href of hrefs(text))
        if (href.startsWith('#')) assert.ok(text.includes(`id="${href.slice(1)}"`), `${page('kk')} ${href}`)
    }
    assert.ok((await read(plain, urls.plain('kk', 'method'))).includes('id="limits"'))
  })

  it('print the figures of the rules in force and no others', async () => {
    const figures = methodFigures()
    const text = await read(plain, urls.methodInFull('en'))
    for (const part of [figures.rulesRevision, figures.detectRevision, figures.cause.digest])
      assert.ok(text.includes(part))
    for (const { id } of figures.rules) assert.ok(text.includes(`>${id}</th>`), id)
    const changed = await sampleSite({
      method: { ...figures, cause: { ...figures.cause, decisive: 77 }, detect: { ...figures.detect, probes: 41 } },
    })
    const words = textOf(await read(changed, urls.plain('en', 'method')))
    assert.ok(words.includes('The ratio is 77 to 1'))
    assert.ok(words.includes('At least 41 devices'))
  })

  it('say of which day the list of hosts is, and whether it was checked from abroad: only by a check of this list', async () => {
    const { list } = methodFigures()
    const check = { from: 'Testland', hosts: 210, alive: 190, unchecked: 5, rows: [] }
    const shown = async (listDay: string): Promise<string> => {
      const method = methodFigures({ ...check, checked_at: '2026-12-24', list_day: listDay })
      return textOf(await read(await sampleSite({ method }), urls.methodInFull('en')))
    }
    assert.match(
      await shown(list.day),
      /List of hosts of.*Hosts checked from abroad\W*24\W*December\W*2026: 190 of 205 answered/s,
    )
    assert.match(await shown('2025-01-01'), /Hosts checked from abroad\W*not checked yet/)
  })

  it('show the whole table of causes: each row of an item sums to 100 within rounding', async () => {
    const { cause } = methodFigures()
    for (const { item, outcomes } of cause.table) {
      const sums = outcomes[0]?.p.map((_, at) => outcomes.reduce((sum, { p }) => sum + (p[at] ?? 0), 0)) ?? []
      for (const sum of sums) assert.ok(Math.abs(sum - 1) < 1e-9, item)
    }
  })

  it('say that no one is named where the operator is not given', async () => {
    const bare = await read(plain, urls.plain('en', 'about'))
    assert.ok(bare.includes(CATALOGUE.en['about.operator.missing']))
    // Nor is a reader sent to a contact that is not there.
    assert.doesNotMatch(bare, /contact above/)
    assert.match(await read(full, urls.plain('en', 'about')), /contact above/)
  })

  it('name the operator, and link only to what is a safe address', async () => {
    const text = await read(full, urls.plain('en', 'about'))
    assert.ok(text.includes('Example &lt;b&gt;Foundation&lt;/b&gt;'))
    assert.ok(text.includes('href="mailto:desk@observatory.example"'))
    assert.ok(!hrefs(text).some((href) => href.startsWith('javascript:')))
    assert.doesNotMatch(text, /"onmouseover="/)
    assert.ok(text.includes(CATALOGUE.en['about.interests.none']))
  })

  it('ask nothing in a copy, where no server answers', async () => {
    const copy = await sampleSite({ frame: { ...FULL, medium: 'mirror' } })
    for (const page of PAGES) assert.doesNotMatch(await read(copy, page('kk')), /<(form|input|button)/)
  })

  it('lead a typed code on, with any text typed', async () => {
    for (const typed of [
      'k7m4-2q9x',
      ' K7M4 2Q9X ',
      '../../etc',
      'a'.repeat(4000),
      '%00<script>',
      `${'a'.repeat(79)}😀`,
    ]) {
      const answer = await plain.request(`/kk/verify?code=${encodeURIComponent(typed)}`)
      assert.equal(answer.status, 303)
      const place = answer.headers.get('location') ?? ''
      assert.match(place, /^\/kk\/k\/[^/<>]+$/)
      assert.ok(place.length < 400)
    }
    assert.equal((await plain.request('/kk/verify?code=')).status, 200)
  })

  it('tell Tor Browser where the same page is on the onion address', async () => {
    const answer = await full.request('/kk/matrix?since=2026-03-01&until=2026-03-02')
    assert.equal(answer.headers.get('onion-location'), `${ONION}/kk/matrix?since=2026-03-01&until=2026-03-02`)
    assert.equal((await plain.request('/kk/about')).headers.get('onion-location'), null)
    assert.equal((await full.request('/api/v1/openapi.json')).headers.get('onion-location'), null)
  })

  it('and every page lead nowhere on the clear site, so that a reader of the onion address stays there', async () => {
    const pages = [...PLAIN_PAGES.map((page) => urls.plain('kk', page)), urls.first('kk', 'all'), urls.matrix('kk')]
    for (const page of pages) {
      const links = hrefs((await read(full, page)).replaceAll(/<meta [^>]*>/g, ''))
      const clear = links.filter((href) => href.startsWith('https://kuager.example'))
      assert.deepEqual(clear, [], page)
    }
  })

  it('are sent without a promise of https, which an onion service does not need', async () => {
    for (const page of PAGES)
      assert.equal((await full.request(page('kk'))).headers.get('strict-transport-security'), null)
  })
})

/** Any measurement, as an archive that holds all of them gives it. */
const HELD: Archived = {
  kind: 'blob',
  leafIndex: 0,
  salt: new Uint8Array(16),
  bytes: new TextEncoder().encode('{}'),
  provenance: sampleRows(false)[0]!.provenance, // the sample has rows
}
