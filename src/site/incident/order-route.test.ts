import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Hono } from 'hono'
import { SAMPLE_KINDS, sampleRevisions } from '../../../test/kit/evening/incident-sample.ts'
import { sampleBundles, SAMPLE_BUNDLE } from '../../../test/kit/evening/proof-sample.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { PublishedBundle } from './published-bundles.ts'
import type { BundleOrder, OrderTaken } from './bundle-desk.ts'

const FINISHED = SAMPLE_KINDS.finished.id
const RUNNING = SAMPLE_KINDS.running.id

const revision = sampleRevisions().findLast(({ id }) => id === FINISHED)?.revision ?? 0
const newest = (one: PublishedBundle): PublishedBundle => ({ ...one, incident: { id: FINISHED, revision } })

describe('the page on which a bundle is asked for', () => {
  let order: BundleOrder = { kind: 'none' }
  let taken: OrderTaken = { kind: 'taken' }
  const asked: string[] = []
  let site: Hono
  before(async () => {
    site = await sampleSite({
      bundles: { ...sampleBundles, about: async (id) => (await sampleBundles.about(id)).map(newest) },
      bundleDesk: {
        of: () => order,
        ask: (incident) => {
          asked.push(incident)
          return taken
        },
      },
    })
  })
  const post = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    Promise.resolve(site.request(path, { method: 'POST', headers }))

  it('has a button, in every language, and the page of the incident leads to it', async () => {
    for (const lang of LANGS) {
      const text = await (await site.request(`/${lang}/bundle/${RUNNING}`)).text()
      assert.ok(text.includes(say(lang, 'bundle-order.make')))
      const incident = await (await site.request(`/${lang}/i/${RUNNING}`)).text()
      assert.ok(incident.includes(`href="/${lang}/bundle/${RUNNING}"`))
    }
  })

  it('has no button for what a person holds back, and takes no order for it', async () => {
    const orders: string[] = []
    const held = await sampleSite({
      bundleDesk: {
        of: () => ({ kind: 'none' }),
        ask: (id) => {
          orders.push(id)
          return { kind: 'taken' }
        },
      },
      reviews: { of: () => ({ standing: 'held', acts: [] }), all: () => [] },
    })
    const path = `/kk/bundle/${RUNNING}`
    assert.ok(!(await (await held.request(path)).text()).includes(say('kk', 'bundle-order.make')))
    assert.equal((await held.request(path, { method: 'POST' })).status, 303)
    assert.deepEqual(orders, [])
  })

  it('takes an order and leads back to the page, which asks again by itself', async () => {
    const answer = await post(`/kk/bundle/${RUNNING}`)
    assert.equal(answer.status, 303)
    assert.equal(answer.headers.get('location'), `/kk/bundle/${RUNNING}`)
    assert.deepEqual(asked.splice(0), [RUNNING])
    order = { kind: 'making', before: 2 }
    const page = await site.request(`/ru/bundle/${RUNNING}`)
    const text = await page.text()
    order = { kind: 'none' }
    assert.equal(page.headers.get('refresh'), '10')
    assert.equal(page.headers.get('cache-control'), 'no-store')
    assert.ok(text.includes(say('ru', 'bundle-order.before', { count: '2' })))
    assert.ok(!text.includes(say('ru', 'bundle-order.make')))
  })

  it('offers a bundle that was made, with its exhibits, and makes it no second time', async () => {
    const text = await (await site.request(`/kk/bundle/${FINISHED}`)).text()
    for (const lang of LANGS) assert.ok(text.includes(`/bundles/${SAMPLE_BUNDLE.name}/exhibit-${lang}.pdf`))
    assert.ok(text.includes(`/bundles/${SAMPLE_BUNDLE.name}.zip`))
    assert.equal((await post(`/kk/bundle/${FINISHED}`)).status, 303)
    assert.deepEqual(asked, [])
    const pdf = await site.request(`/bundles/${SAMPLE_BUNDLE.name}/exhibit-kk.pdf`)
    assert.deepEqual([pdf.status, pdf.headers.get('content-type')], [200, 'application/pdf'])
    for (const path of ['exhibit-de.pdf', 'exhibit.pdf', 'bundle.json'])
      assert.equal((await site.request(`/bundles/${SAMPLE_BUNDLE.name}/${path}`)).status, 404, path)
  })

  it('says when to come again, and why one could not be made', async () => {
    taken = { kind: 'later', wait: 90 }
    const answer = await post(`/en/bundle/${RUNNING}`)
    taken = { kind: 'taken' }
    asked.splice(0)
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '90'])
    assert.ok((await answer.text()).includes(say('en', 'bundle-order.later', { minutes: '2' })))
    order = { kind: 'failed', why: 'differs' }
    const text = await (await site.request(`/en/bundle/${RUNNING}`)).text()
    order = { kind: 'none' }
    assert.ok(text.includes(say('en', 'bundle-order.differs')))
  })

  it('takes no order from a page of another site, and none for an incident that is not published', async () => {
    assert.equal((await post(`/kk/bundle/${RUNNING}`, { 'sec-fetch-site': 'cross-site' })).status, 303)
    assert.equal((await post('/kk/bundle/no-such-incident')).status, 303)
    assert.equal((await site.request('/kk/bundle/no-such-incident')).status, 404)
    assert.deepEqual(asked, [])
  })
})
