// Every text that is stored somewhere and shown on a page is hostile here: none of it may become an element, an
// attribute, an address that runs something, a name of a file, or break a feed, a card or the note of a copy.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parseHTML } from 'linkedom'
import { folderStudies } from '../src/app/observatory/studies.ts'
import { openMirrorKey } from '../src/app/proof/mirror-key.ts'
import { verifyMirror } from '../src/cli/mirror/verify-mirror.ts'
import { writeMirror } from '../src/app/proof/write-mirror.ts'
import { writeOneFile } from '../src/app/proof/write-one-file.ts'
import { isCopyPath, parseManifest } from '../src/core/evidence/copy/manifest.ts'
import type { Incident } from '../src/core/model/incident/incident.ts'
import type { OthersRecord } from '../src/core/model/tables/others.ts'
import { instant, parseAsn, parseInstant } from '../src/core/model/units.ts'
import { createSite } from '../src/site/app.ts'
import { incidentCard } from '../src/site/cards/incident-card.ts'
import { named } from '../src/site/incident/route.ts'
import type { SiteOptions } from '../src/site/site-options.ts'
import { urls } from '../src/site/urls.ts'
import { loadRecord } from '../src/runtime/tables/record.ts'
import { LANGS } from '../src/core/text/lang.ts'
import { PLAIN_PAGES } from '../src/core/text/plain-pages.ts'
import { sampleClaims } from './kit/evening/api-sample.ts'
import { CARD_FONTS, openCardMaker } from './kit/site/card-maker.ts'
import { SAMPLE_KINDS, sampleEvents, sampleRevisions } from './kit/evening/incident-sample.ts'
import { memoryIncidents } from './kit/stores/memory-incidents.ts'
import { memoryWarehouse } from './kit/stores/memory-warehouse.ts'
import { publishSampleStudy } from './kit/evening/sample-study.ts'
import { ERASED, NAMES, sampleId, sampleOptions, sampleRows } from './kit/site/site-sample.ts'

const EVIL = `"'><x-evil onx="1" href="javascript:x()">\u0000\u0007\u202e]]>--></title></script></textarea><!--kuager-note\n-->{name}`
/** As part of a host: what a row of the warehouse can hold after `web:`. */
const EVIL_SERVICE = `web:"><x-evil/onx=1>'..\\..%2f..%00<!--`
const YOUTUBE = SAMPLE_KINDS.finished.id

/** Whatever reads like prose, at every depth: ids, days, words of closed lists and addresses stay what they are. */
function poisoned<T>(value: T): T {
  const inside = (one: unknown): unknown => {
    if (typeof one === 'string') return /\s/.test(one) ? `${one} ${EVIL}` : one
    if (Array.isArray(one)) return one.map(inside)
    if (typeof one !== 'object' || one === null) return one
    return Object.fromEntries(Object.entries(one).map(([key, part]) => [key, inside(part)]))
  }
  return inside(value) as T
}

const words = { kk: EVIL, ru: EVIL, en: EVIL }

function incidents(): readonly Incident[] {
  const all = sampleRevisions().map((one) => ({ ...one, simulated: true, note: EVIL }))
  const ours = all.find(({ id }) => id === YOUTUBE)
  assert.ok(ours !== undefined)
  const evil = { ...ours, id: `${EVIL_SERVICE}-as64500-20260305T1502Z`, service: EVIL_SERVICE, revision: 1 }
  return [
    ...all.map((one) => (one.id === YOUTUBE ? { ...one, measurements: [sampleId('youtube', 4, 0), ERASED] } : one)),
    evil,
  ]
}

const ROWS = sampleRows(true).map((row, index) => ({
  ...row,
  ...(index === 0 ? { service: EVIL_SERVICE } : {}),
  head: { ...row.head, input: EVIL, softwareName: EVIL, softwareVersion: EVIL, testVersion: EVIL, networkType: EVIL },
  provenance: { ...row.provenance, origin: EVIL },
}))

const DAY = { from: parseInstant('2026-03-05'), until: parseInstant('2026-03-06') }
const SEEN_BY_OTHERS = { ...DAY, title: EVIL, retrieved: '2026-03-07', url: `https://x.example/${EVIL}` }
const OTHERS: OthersRecord = {
  simulated: true,
  parts: [
    { ...SEEN_BY_OTHERS, kind: 'ooni', counts: [] },
    {
      ...SEEN_BY_OTHERS,
      kind: 'outages',
      by: 'ioda',
      outages: [{ ...DAY, entity: { kind: 'country' }, signal: EVIL }],
    },
  ],
}

async function hostileOptions(folder: string): Promise<SiteOptions> {
  const { chronicle, orders, statements } = poisoned(loadRecord())
  const claims = sampleClaims({
    chronicle,
    orders: [
      ...orders,
      {
        id: 'evil-order',
        scope: [EVIL],
        title: words,
        textHeld: false,
        source: { title: EVIL, archived: 'javascript:x()', checked: true },
      },
    ],
    statements: [...statements, ...poisoned(sampleClaims().record.statements)],
    demands: [{ id: 'evil-demand', at: '2026-03-01', who: words, text: words, source: { title: EVIL, checked: true } }],
  })
  const bare = await sampleOptions({ simulated: true })
  return {
    ...bare,
    warehouse: { ...bare.warehouse, ...memoryWarehouse(ROWS), readings: bare.warehouse.readings },
    incidents: memoryIncidents(incidents(), []),
    names: {
      services: NAMES.services.map((one) => ({ ...one, name: EVIL })),
      networkName: (asn) => (asn === parseAsn(64497) ? undefined : EVIL),
    },
    claims,
    record: { events: poisoned(sampleEvents), statements, orders, others: OTHERS, simulated: true },
    studies: folderStudies(join(folder, 'site'), { isPublic: false }),
    frame: {
      ...bare.frame,
      origin: 'https://kuager.example',
      operator: {
        name: words,
        seat: words,
        funders: [{ name: words, since: '2026', share: EVIL }],
        interests: [words],
        contacts: (['web', 'mail', 'signal', 'onion'] as const).flatMap((kind) => [
          { kind, value: 'javascript:x()' },
          { kind, value: `https://x.example/${EVIL}` },
        ]),
        confirmed: '2026-03-01',
      },
    },
  } satisfies SiteOptions
}

/** What is wrong with a page. */
function faultsOf(html: string): readonly string[] {
  const { document } = parseHTML(html)
  const faults: string[] = html.includes('<x-evil') ? ['a stored text became an element'] : []
  const unseen = /[^\P{Cc}\t\r\n]|[\u202a-\u202e\u2066-\u2069]/u.exec(html)
  if (unseen !== null) faults.push(`a character that is not seen: ${unseen[0].codePointAt(0)?.toString(16)}`)
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on') || name === 'style') faults.push(`${element.localName} has ${name}`)
      if (['href', 'src', 'action', 'formaction', 'xlink:href'].includes(name) && !SAFE.test(value))
        faults.push(`${name} leads to ${value.slice(0, 60)}`)
    }
    if (element.localName === 'script' && !element.hasAttribute('src')) faults.push('a script within the page')
  }
  return faults
}
const SAFE = /^(?:https?:\/\/[\w.-]+(?::\d+)?(?:[/?#]|$)|\/(?!\/)|#|\?|mailto:[^?]*$|(?:\.\.?\/)*[\w~.-]+(?:[/?#]|$))/

/** Links are followed until so many pages are known: each kind of page stands among them. */
const MOST_PAGES = 250
const SEEN = /\shref="(\/(?!\/)[^"#]*)[^"]*"/g
const decode = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"')

describe('a site whose every stored text is hostile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-hostile-'))
  let options: SiteOptions
  before(async () => {
    await publishSampleStudy(folder, 'streams-2025')
    options = await hostileOptions(folder)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('would be found out by the look that these tests take at a page', () => {
    assert.ok(faultsOf(`<p>${EVIL}</p>`).length > 1)
    assert.deepEqual(faultsOf('<a href="java&#10;script:x()">x</a>'), ['href leads to java\nscript:x()'])
    assert.deepEqual(faultsOf('<a href="//other.example">x</a><p style="x">'), [
      'href leads to //other.example',
      'p has style',
    ])
    assert.deepEqual(faultsOf('<a href="../en/index.html#x">x</a><a href="/kk/">x</a>'), [])
  })

  it('shows them as text on every page, in feeds and answers, and answers whatever it links to', async () => {
    const site = createSite(options)
    const lang = 'en'
    const starts = [
      urls.first(lang, 'all'),
      urls.first(lang, parseAsn(64500)),
      urls.check(lang, parseAsn(64500)),
      urls.service(lang, 'youtube'),
      urls.service(lang, EVIL_SERVICE),
      urls.network(lang, parseAsn(64500)),
      urls.series(lang, EVIL_SERVICE, parseAsn(64496), { since: '2026-02-27', until: '2026-03-05' }),
      urls.measurement(lang, sampleId('youtube', 0, 0)),
      urls.embed(lang, { service: 'youtube' }),
      urls.embed(lang, { asn: parseAsn(64500) }),
      urls.embed(lang, { service: EVIL_SERVICE }),
      urls.feed(lang),
      urls.feed(lang, { service: EVIL_SERVICE }),
      urls.matrix(lang),
      urls.report(lang),
      urls.study(lang, 'streams-2025'),
      ...incidents().map(({ id }) => urls.incident(lang, id)),
      ...LANGS.flatMap((one) => PLAIN_PAGES.map((page) => urls.plain(one, page))),
    ]
    const queue = [...new Set(starts)]
    const known = new Set(queue)
    let evil = 0
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const response = await site.request(path)
      const text = await response.text()
      const type = response.headers.get('content-type') ?? ''
      assert.ok(response.status < 500, `${response.status} ${path}`)
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff', path)
      if (response.status >= 300 && response.status < 400) {
        assert.match(response.headers.get('location') ?? '', /^\/(?:kk|ru|en)\//, path)
        continue
      }
      if (text.includes('x-evil')) evil++
      if (type.startsWith('text/html')) {
        assert.deepEqual(faultsOf(text), [], path)
        for (const [, address] of text.matchAll(SEEN)) {
          const next = decode(address ?? '')
          if (/^\/(?:en\/|api\/|m\/)/.test(next) && !known.has(next) && known.size < MOST_PAGES) {
            known.add(next)
            queue.push(next)
          }
        }
      } else if (type.startsWith('application/atom+xml')) {
        assert.doesNotMatch(text, /<x-evil|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/, path)
      } else if (type.startsWith('text/csv')) {
        assert.doesNotMatch(text, /(?:^|[\r\n,])[=+@]/, path)
      } else assert.match(type, /^(?:application\/(?:x-ndjson|json|manifest\+json)|text\/plain)/, path)
      assert.doesNotMatch(response.headers.get('content-disposition') ?? '', /["/\\].*["/\\].*["/\\]/, path)
    }
    assert.ok(evil > 60, `${evil} answers hold a hostile text`)
  })

  it('draws them as text on cards', async () => {
    for (const one of incidents()) {
      const svg = incidentCard('kk', { ...named(one, options.names), proof: { code: EVIL, address: EVIL } }, CARD_FONTS)
      assert.doesNotMatch(
        svg,
        /<x-evil|[\u0000-\u0008\u000b\u000c\u000e-\u001f]|<!--|<(?:a|image|use|foreignObject|script|style)\b/,
      )
      assert.doesNotMatch(
        svg.replaceAll(/<\/?[a-z]+(?:\s[a-z-]+="[^"<>]*")*\s*\/?>/gi, ''),
        /[<>]/,
        'every tag is whole',
      )
    }
    const maker = openCardMaker()
    const [one] = incidents()
    assert.ok(one !== undefined)
    const png = await maker.raster(
      incidentCard('en', { ...named(one, options.names), proof: { code: EVIL } }, CARD_FONTS),
    )
    assert.deepEqual([...png.subarray(1, 4)], [80, 78, 71])
  })

  it('makes of them a copy whose names of files are plain, whose pages are whole, and whose signature fits', async () => {
    const key = await openMirrorKey(folder, 'kuager.example/mirror')
    const out = join(folder, 'copy')
    const made = { site: options, key, madeAt: instant(options.clock.now()) }
    const limits = { measurementsOfIncident: 1, measurements: 1, cards: 0 }
    await writeMirror({ ...made, out, limits, signal: AbortSignal.timeout(120_000) })
    const listed = parseManifest(readFileSync(join(out, 'MANIFEST.sha256'), 'utf8'))
    assert.ok(listed.length > 100)
    assert.ok(listed.every(({ path }) => isCopyPath(path)))
    assert.equal(new Set(listed.map(({ path }) => path.toLowerCase())).size, listed.length)
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((path) => extname(path) === '.html')
    for (const path of files) assert.deepEqual(faultsOf(readFileSync(join(out, path), 'utf8')), [], path)
    const world = { cwd: folder, signal: AbortSignal.timeout(60_000) }
    const checked = await verifyMirror(out, { trusted: [key.verifier], now: made.madeAt }, world)
    assert.deepEqual(
      checked.steps.filter(({ outcome }) => outcome !== 'ok'),
      [],
    )
  })

  it('makes of them one page whose note stands in its place and whose signature fits', async () => {
    const key = await openMirrorKey(folder, 'kuager.example/mirror')
    const out = join(folder, 'today.html')
    await writeOneFile({ site: options, key, madeAt: options.clock.now(), langs: LANGS, out })
    const text = readFileSync(out, 'utf8')
    assert.ok(text.includes('x-evil'))
    assert.deepEqual(
      faultsOf(text).filter((fault) => fault !== 'a script within the page'),
      [],
    )
    const world = { cwd: folder, signal: AbortSignal.timeout(60_000) }
    const checked = await verifyMirror(out, { trusted: [key.verifier], now: options.clock.now() }, world)
    assert.deepEqual(
      checked.steps.filter(({ outcome }) => outcome !== 'ok'),
      [],
    )
  })
})
