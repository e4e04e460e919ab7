import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parseHTML } from 'linkedom'
import { LANGS } from '../../src/core/text/lang.ts'
import { FIRST_NAMES } from '../kit/evening/first-sample.ts'
import { openEverySite, type EverySite } from '../kit/site/every-site.ts'
import { NAMES } from '../kit/site/site-sample.ts'

// Ways from one page to another, on every kind of page. No browser is needed: links are in the text that is sent.

/**
 * Where a name is no way on: headings, choices, what is copied or quoted, drawings, and the addresses that a check in
 * the browser contacts, each with its owner.
 */
const EXCEPTED =
  'a, h1, h2, h3, select, option, label, button, summary, legend, caption, blockquote, code, pre, textarea, svg, thead, nav, [aria-current], .contacts'

const KNOWN = new Set(
  [NAMES, FIRST_NAMES].flatMap((names) => [
    ...names.services.map(({ name }) => name),
    ...Array.from({ length: 12 }, (_, index) => names.networkName((64496 + index) as never) ?? ''),
  ]),
)
KNOWN.delete('')

/** Names that are the whole text of an element of a page, and lead nowhere. */
function unlinked(html: string): readonly string[] {
  const { document } = parseHTML(html)
  const found: string[] = []
  for (const element of document.querySelectorAll('main *')) {
    const text = (element.textContent ?? '').replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ').trim()
    const isWhole = KNOWN.has(
      text
        .replace(/[,.:]$/, '')
        .replace(/ ?\(?AS\d+\)?$/, '')
        .trim(),
    )
    if (!isWhole || element.closest(EXCEPTED) !== null || element.querySelector('a, label') !== null) continue
    found.push(`<${element.localName} class="${element.getAttribute('class') ?? ''}"> ${text}`)
  }
  return found
}

describe('ways around', () => {
  let site: EverySite
  before(async () => {
    site = await openEverySite()
  })
  after(() => site[Symbol.asyncDispose]())
  const pages = async (lang: 'kk' | 'ru' | 'en'): Promise<readonly (readonly [string, string])[]> =>
    Promise.all(
      Object.entries(site.pages(lang)).map(async ([name, path]) => [name, await (await fetch(path)).text()] as const),
    )

  it('each name of a service or a network leads to its page', async () => {
    for (const lang of LANGS)
      // A page for other sites has one way, to this one.
      for (const [name, html] of await pages(lang))
        if (name !== 'embed') assert.deepEqual(unlinked(html), [], `${lang} ${name}`)
  })

  it('finds a name that leads nowhere, and no other', () => {
    const of = (body: string): readonly string[] => unlinked(`<html><body><main>${body}</main></body></html>`)
    assert.equal(of('<p><b>YouTube</b></p>').length, 2)
    assert.equal(of('<ul><li>Example Rail (AS64500)</li></ul>').length, 2)
    for (const good of [
      '<p><a href="/kk/s/youtube">YouTube</a></p>',
      '<h2>YouTube</h2>',
      '<select><option>YouTube</option></select>',
      '<p>YouTube did not open.</p>',
    ])
      assert.deepEqual(of(good), [], good)
  })

  it('pages below the first level lead back, to the first screen or to the list that they are of', async () => {
    const below =
      /^(?:service|network|series|measurement|study|method-full|course|incident-.*|code|report-thanks|api|episode)$/
    for (const [name, html] of await pages('kk')) {
      const crumbs = /<nav\s+class="crumb"[^>]*BreadcrumbList.*?<\/nav>/s.exec(html)?.[0]
      if (!below.test(name)) continue
      assert.ok(crumbs !== undefined, name)
      assert.match(crumbs, /<a itemprop="item" href="\/kk\//, name)
      assert.match(crumbs, /<meta itemprop="position" content="1"/, name)
    }
  })

  it('pages of services, networks, incidents and measurements end with pages about the same, never with themselves', async () => {
    for (const lang of LANGS)
      for (const [name, html] of await pages(lang)) {
        if (!/^(?:service|network|series|measurement|incident-.*)$/.test(name)) continue
        const [nav = ''] = /<nav class="related".*?<\/nav>/s.exec(html) ?? []
        const links = [...nav.matchAll(/href="([^"]*)"/g)].map(([, href]) => href ?? '')
        assert.ok(links.length >= 4, `${lang} ${name}: ${links.length}`)
        assert.equal(new Set(links).size, links.length, name)
        const own = new URL(site.pages(lang)[name] ?? '').pathname
        assert.ok(!links.includes(own), `${lang} ${name}`)
      }
  })

  it('lead nowhere that is not there', async () => {
    const base = new URL(site.pages('en')['incident-finished'] ?? '').origin
    const links = new Set<string>()
    for (const [name, html] of await pages('en'))
      if (new URL(site.pages('en')[name] ?? '').origin === base)
        for (const [nav] of html.matchAll(/<nav (?:class="related"|\s*class="crumb").*?<\/nav>/gs))
          for (const [, href = ''] of nav.matchAll(/href="([^"]*)"/g)) links.add(href.replaceAll('&amp;', '&'))
    assert.ok(links.size > 10)
    for (const href of links) assert.ok([200, 410].includes((await fetch(new URL(href, base))).status), href)
  })

  it('the head of every page has the same six, in their order', async () => {
    for (const [name, html] of await pages('en')) {
      if (name === 'embed') continue
      const [menu = ''] = /<nav class="menu".*?<\/nav>/s.exec(html) ?? []
      const links = [...menu.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)
      assert.deepEqual(links, ['/en/check', '/en/report', '/en/explore', '/en/incidents', '/en/method', '#menu'], name)
    }
  })
})
