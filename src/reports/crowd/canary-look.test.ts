import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { canaryQuestion, judgeCanary, worseOf } from './canary-look.ts'

const AT = 'https://example.org/favicon.ico'

const page = (parts: object): object => ({
  http_request: { failure: null, status_code: 200, headers: {}, ...parts },
})
const image = { 'Content-Type': 'image/x-icon' }

describe('lookOf()', () => {
  it('finds a document usable that answers any client, with any content', () => {
    for (const status_code of [200, 204, 301, 403, 404, 451])
      assert.equal(judgeCanary(page({ status_code }), 'document', AT), 'usable', String(status_code))
  })

  it('finds broken what fails abroad too, or whose server is in trouble', () => {
    for (const half of ['document', 'image'] as const) {
      const failed = { failure: 'generic_timeout_error', status_code: -1 }
      assert.equal(judgeCanary(page(failed), half, AT), 'broken')
      assert.equal(judgeCanary(page({ status_code: 503, headers: image }), half, AT), 'broken')
    }
    assert.equal(judgeCanary(page({ status_code: 404, headers: image }), 'image', AT), 'broken')
  })

  it('finds closed what no page of another site may load, as a block would look', () => {
    for (const policy of ['same-origin', 'same-site', ' Same-Origin '])
      for (const half of ['document', 'image'] as const)
        assert.equal(
          judgeCanary(page({ headers: { ...image, 'Cross-Origin-Resource-Policy': policy } }), half, AT),
          'closed-to-pages',
        )
    const cleartext = { x_first: { status_code: 302, location: 'http://example.org/' } }
    assert.equal(judgeCanary(page(cleartext), 'document', AT), 'closed-to-pages')
    assert.equal(judgeCanary(page({ headers: { 'Content-Type': 'text/html' } }), 'image', AT), 'closed-to-pages')
    assert.equal(judgeCanary(page({}), 'image', AT), 'closed-to-pages')
    const open = { ...image, 'Cross-Origin-Resource-Policy': 'cross-origin' }
    assert.equal(judgeCanary(page({ headers: open }), 'image', AT), 'usable')
    const moved = { x_first: { status_code: 301, location: 'https://example.org/favicon.ico' }, headers: image }
    assert.equal(judgeCanary(page(moved), 'image', AT), 'usable')
    const beside = { ...moved, x_first: { status_code: 301, location: '/static/favicon.ico' } }
    assert.equal(judgeCanary(page(beside), 'image', AT), 'usable')
    const away = { ...moved, x_first: { status_code: 301, location: 'https://static.example.net/favicon.ico' } }
    assert.equal(judgeCanary(page(away), 'image', AT), 'closed-to-pages')
    assert.equal(judgeCanary(page(away), 'document', AT), 'usable')
  })

  it('finds nothing in what is no answer of a helper', () => {
    for (const answer of [
      undefined,
      null,
      [],
      'x',
      {},
      { http_request: null },
      page({ headers: { x: 1 } }),
      page({ failure: 1 }),
    ])
      assert.equal(judgeCanary(answer, 'document', AT), undefined)
  })
})

it('worseOf() lets less be concluded', () => {
  assert.equal(worseOf('usable', 'closed-to-pages'), 'closed-to-pages')
  assert.equal(worseOf('broken', 'closed-to-pages'), 'broken')
  assert.equal(worseOf('usable', 'usable'), 'usable')
})

it('canaryQuestion() names nothing but the address', () => {
  const { http_request_headers: _, ...rest } = canaryQuestion('https://example.org/x') as Record<string, unknown>
  assert.deepEqual(rest, { http_request: 'https://example.org/x', tcp_connect: [], x_pairs: [] })
})
