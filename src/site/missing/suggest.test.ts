import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { LANGS } from '../../core/text/lang.ts'

const site = await sampleSite()
const textOf = async (path: string): Promise<string> => {
  const answer = await site.request(path)
  assert.equal(answer.status, 404, path)
  return /<main.*<\/main>/s.exec(await answer.text())?.[0] ?? ''
}

describe('a page that does not exist', () => {
  it('suggests what was perhaps meant: a service, a network, a page, an incident', async () => {
    for (const lang of LANGS)
      for (const [path, meant] of [
        [`/${lang}/s/yotube`, `/${lang}/s/youtube`],
        [`/${lang}/telegramm`, `/${lang}/s/telegram`],
        [`/${lang}/n/AS644966`, `/${lang}/n/AS64496`],
        [`/${lang}/incident`, `/${lang}/incidents`],
        [`/${lang}/i/${SAMPLE_KINDS.finished.id.slice(0, -2)}`, `/${lang}/i/${SAMPLE_KINDS.finished.id}`],
      ] as const)
        assert.ok((await textOf(path)).includes(`href="${meant}"`), path)
  })

  it('repeats nothing of the request, and leads on also where nothing is near', async () => {
    const text = await textOf('/en/xyzzy-who-did-it')
    assert.ok(!text.includes('xyzzy') && !text.includes('id="meant"'))
    for (const href of ['/en/incidents', '/en/matrix', '/en/check']) assert.ok(text.includes(`href="${href}"`), href)
  })
})

describe('the address of the interface', () => {
  it('leads people to a page about it, in their language', async () => {
    for (const path of ['/api', '/api/', '/api/v1']) {
      const answer = await site.request(path, { headers: { 'accept-language': 'ru' } })
      assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/ru/api'], path)
    }
    const text = await (await site.request('/ru/api')).text()
    assert.match(text, /href="\/api\/v1\/incidents"/)
    assert.match(text, /\/api\/v1\/incident\/&lt;id&gt;\s*<\/th>/)
    assert.equal((await site.request('/api/v1/nothing')).status, 404)
  })
})
