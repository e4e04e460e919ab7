import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { LANGS } from '../../core/text/lang.ts'
import { codeOf } from '../code/codes.ts'

const site = await sampleSite({ simulated: true })
const search = async (typed: string, lang = 'en'): Promise<string> => {
  const response = await site.request(`/${lang}/search?q=${encodeURIComponent(typed)}`)
  assert.equal(response.status, 200)
  return response.text()
}

describe('the page of the search', () => {
  it('leads to services, networks and pages, in each language', async () => {
    for (const lang of LANGS) {
      assert.match(await search('ютуб', lang), new RegExp(`href="/${lang}/s/youtube"`))
      assert.match(await search('AS64500', lang), new RegExp(`href="/${lang}/n/AS64500"`))
      assert.match(await search('Example Rail', lang), new RegExp(`href="/${lang}/n/AS64500"`))
    }
    assert.match(await search('түзетулер'), /href="\/en\/corrections"/)
  })

  it('leads to a day, to an incident, and to what a check code names', async () => {
    assert.match(await search('5 наурыз'), /href="\/en\/matrix\?since=2026-03-05&amp;until=2026-03-05"/)
    const { id } = SAMPLE_KINDS.finished
    assert.match(await search(id), new RegExp(`href="/en/i/${id}"`))
    const code = await codeOf(SAMPLE_KINDS.finished)
    assert.match(await search(code.toLowerCase()), new RegExp(`href="/en/k/${code.toLowerCase()}"`))
  })

  it('lists incidents of the day, and of the service that fits best', async () => {
    const { id } = SAMPLE_KINDS.finished
    assert.match(await search('2026-03-05'), new RegExp(`href="/en/i/${id}"`))
    assert.match(await search('youtube'), new RegExp(`href="/en/i/`))
    assert.doesNotMatch(await search('2020-01-01'), /href="\/en\/i\//)
  })

  it('says what exists where nothing is found, and takes a word in the form of a code for a word', async () => {
    for (const typed of ['', 'zzzzzz', '0000-0000']) assert.match(await search(typed), /You can search for:/)
    assert.doesNotMatch(await search('telegram'), /\/en\/k\/telegram/i)
  })

  it('shows what was typed as text alone, cut where it is too long', async () => {
    const html = await search('"><script>alert(1)</script>')
    assert.doesNotMatch(html, /<script>alert/)
    assert.ok((await search('x'.repeat(10_000))).length < 40_000)
  })
})
