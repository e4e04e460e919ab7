import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'

const ORIGIN = 'https://kuager.example'

describe('the sitemap', () => {
  it('names every lasting page once in each language, whole, and each of them answers', async () => {
    const site = await sampleSite({ simulated: true, frame: { ...PLAIN_FRAME, origin: ORIGIN } })
    const response = await site.request('/sitemap.xml')
    assert.equal(response.headers.get('content-type'), 'application/xml; charset=utf-8')
    const xml = await response.text()
    const pages = [...xml.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, address = '']) => address)
    assert.equal(new Set(pages).size, pages.length)
    assert.ok(pages.every((address) => address.startsWith(`${ORIGIN}/`)))
    for (const path of [
      '/kk/',
      '/ru/explore',
      '/en/map',
      '/kk/s/youtube',
      '/kk/r/KZ-75',
      `/en/i/${SAMPLE_KINDS.finished.id}`,
    ])
      assert.ok(pages.includes(`${ORIGIN}${path}`), path)
    for (const address of pages.filter((one) => one.includes('/kk/')))
      assert.equal((await site.request(new URL(address).pathname)).status, 200, address)
    assert.match(
      await (await site.request('/robots.txt')).text(),
      /^Sitemap: https:\/\/kuager\.example\/sitemap\.xml$/m,
    )
  })

  it('is absent where the public address is not known', async () => {
    const site = await sampleSite({ simulated: true })
    assert.equal((await site.request('/sitemap.xml')).status, 404)
    assert.doesNotMatch(await (await site.request('/robots.txt')).text(), /Sitemap/)
  })
})
