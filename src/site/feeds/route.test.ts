import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleIncident, SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import { escapeXml } from './atom.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'

type Change = Partial<SiteOptions> & { readonly simulated?: boolean }
const get = async (path: string, change: Change = {}, headers: Record<string, string> = {}): Promise<Response> =>
  (await sampleSite(change)).request(path, { headers })
const read = async (path: string, change: Change = {}): Promise<string> => (await get(path, change)).text()
const texts = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, 'g'))].map((match) => match[1] ?? '')

/** Every element closed in its order, nothing unescaped. */
function isWellFormed(xml: string): boolean {
  const open: string[] = []
  for (const [, closing, name, single] of xml.replace(/^<\?xml[^>]*\?>/, '').matchAll(/<(\/?)([\w:]+)[^<>]*?(\/?)>/g))
    if (closing === '/') {
      if (open.pop() !== name) return false
    } else if (single !== '/') open.push(name ?? '')
  const rest = xml.replaceAll(/<[^<>]*>/g, '')
  return open.length === 0 && !/[<>]/.test(rest) && !/&(?!(?:amp|lt|gt|quot|#39);)/.test(rest)
}

describe('a feed', () => {
  it('is a document of Atom in every language, the last revised first', async () => {
    for (const lang of LANGS) {
      const response = await get(urls.feed(lang))
      assert.equal(response.headers.get('content-type'), 'application/atom+xml; charset=utf-8')
      const xml = await response.text()
      assert.ok(isWellFormed(xml))
      assert.match(xml, new RegExp(`^<\\?xml version="1.0" encoding="utf-8"\\?>\\n<feed [^>]*xml:lang="${lang}"`))
      const updated = texts(xml, 'updated')
      assert.equal(updated.length, 9)
      assert.deepEqual(updated.slice(1), updated.slice(1).toSorted().toReversed())
      assert.equal(updated[0], updated[1])
    }
  })

  it('is about one service or one network where it says so', async () => {
    const count = async (path: string): Promise<number> => texts(await read(path), 'summary').length
    assert.equal(await count(urls.feed('kk', { service: 'youtube' })), 2)
    assert.equal(await count(urls.feed('kk', { asn: parseAsn(64500) })), 3)
    assert.equal(await count(urls.feed('kk', { service: 'web:example.org' })), 0)
    assert.match(await read(urls.feed('ru', { service: 'youtube' })), /<title>Kuager: случаи ограничения, YouTube</)
    for (const path of [
      '/kk/feed/s/No%20Such.xml',
      '/kk/feed/n/9198.xml',
      '/kk/feed/n/AS99999999999.xml',
      '/kk/feed/x.xml',
    ])
      assert.equal((await get(path)).status, 404, path)
  })

  it('holds all that an evening touched, and a hundred of what came before', async () => {
    const newest = SAMPLE_KINDS.finished.revisedAt
    const many = (count: number, days: number): readonly Incident[] =>
      Array.from({ length: count }, (_, nth) =>
        sampleIncident({ id: `${days}-${nth}`, revisedAt: instant(newest - days * 86_400_000 - nth) }),
      )
    const ids = async (list: readonly Incident[]): Promise<readonly string[]> =>
      texts(await read(urls.feed('kk'), { incidents: memoryIncidents(list) }), 'id').slice(1)
    const evening = await ids([...many(150, 0), ...many(50, 3)])
    assert.equal(evening.length, 150)
    assert.ok(evening.every((id) => id.includes('i/0-')))
    assert.equal((await ids([...many(20, 0), ...many(150, 3)])).length, 100)
    assert.equal((await ids(many(700, 0))).length, 600)
  })

  it('keeps the id of an incident in any language and feed', async () => {
    const change = { frame: { ...PLAIN_FRAME, origin: 'https://kuager.example' } }
    const id = `tag:kuager.example,2026:i/${SAMPLE_KINDS.finished.id}`
    for (const lang of LANGS)
      for (const path of [
        urls.feed(lang),
        urls.feed(lang, { service: 'youtube' }),
        urls.feed(lang, { asn: parseAsn(64500) }),
      ])
        assert.ok(texts(await read(path, change), 'id').includes(id), path)
    const own = await Promise.all(LANGS.map(async (lang) => texts(await read(urls.feed(lang), change), 'id')[0]))
    assert.equal(new Set(own).size, LANGS.length)
  })

  it('gives whole addresses where the public one is known, and relative ones where not', async () => {
    const whole = await read(urls.feed('en'), { frame: { ...PLAIN_FRAME, origin: 'https://kuager.example' } })
    for (const [, href] of whole.matchAll(/href="([^"]*)"/g)) assert.match(href ?? '', /^https:\/\/kuager\.example\//)
    assert.match(whole, /xml:base="https:\/\/kuager\.example\/"/)
    for (const [, href] of (await read(urls.feed('en'))).matchAll(/href="([^"]*)"/g)) assert.match(href ?? '', /^\//)
  })

  it('gives the check code that the page of the incident cites, in any episode', async () => {
    const { id } = SAMPLE_KINDS.finished
    const codeOf = (text: string): string => /Check code: (\S+)/.exec(text)?.[1] ?? 'none'
    const code = codeOf(await read(urls.incidentText('en', id)))
    const journal = memoryIncidents([SAMPLE_KINDS.finished])
    const moved: SiteOptions['incidents'] = {
      ...journal,
      current: async () => (await journal.current()).map((one) => ({ ...one, episode: 'another' })),
    }
    const own = codeOf(await read(urls.incidentText('en', id), { incidents: moved }))
    assert.ok((await read(urls.feed('en'))).includes(`Check code: ${code}`))
    assert.ok((await read(urls.feed('en'), { incidents: moved })).includes(`Check code: ${own}`))
  })

  it('says the quotable paragraph, and what a withdrawn one is', async () => {
    const xml = await read(urls.feed('en'))
    assert.ok(texts(xml, 'summary').some((text) => /YouTube did not open on Example Rail \(AS64500\)\./.test(text)))
    assert.match(xml, /<title type="text">WhatsApp: incident withdrawn\. Network/)
    assert.match(xml, /<category term="withdrawn" label="withdrawn"\/>/)
  })

  it('says simulated in every title, and in none that is real', async () => {
    const tag = /^SIMULATED|^Simulated/i
    for (const title of texts(await read(urls.feed('en'), { simulated: true }), 'title')) assert.match(title, tag)
    for (const title of texts(await read(urls.feed('en')), 'title')) assert.doesNotMatch(title, tag)
  })

  it('survives any stored text', async () => {
    const note = 'a <b>&amp; ]]> \u0000\u0008 "\''
    const incident = sampleIncident({ withdrawn: true, note, service: 'web:<x>&"\'', simulated: false })
    const xml = await read(urls.feed('en'), { incidents: memoryIncidents([incident]) })
    assert.ok(isWellFormed(xml), xml)
    assert.match(xml, /&lt;x&gt;&amp;&quot;&#39;: incident withdrawn/)
    assert.equal(escapeXml('\u0001\u001F\uFFFF\uDC00a\tb\n'), '\uFFFDa\tb\n')
  })

  it('is not sent again to a reader who holds it', async () => {
    const etag = (await get(urls.feed('kk'))).headers.get('etag') ?? ''
    assert.equal((await get(urls.feed('kk'), {}, { 'if-none-match': etag })).status, 304)
    assert.notEqual((await get(urls.feed('ru'))).headers.get('etag'), etag)
  })

  it('stands empty where nothing was published', async () => {
    const xml = await read(urls.feed('kk'), { incidents: memoryIncidents([]) })
    assert.ok(isWellFormed(xml))
    assert.deepEqual(texts(xml, 'updated'), ['1970-01-01T00:00:00Z'])
  })
})
