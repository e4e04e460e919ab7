import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { openOrigin } from '../../test/kit/net/control-world.ts'
import { millis } from '../core/model/units.ts'
import { systemClock } from '../runtime/clock.ts'
import { boundedPage, type PageSettings } from './bounded-page.ts'
import { reachableAddresses } from './reachable-address.ts'

const settings = (hopeless: Promise<boolean>): PageSettings => ({
  headers: {},
  tellsFirst: true,
  net: { clock: systemClock, signal: new AbortController().signal, limit: millis(60_000) },
  tools: {
    reachable: reachableAddresses({ allow: ['127.0.0.0/8'], own: [] }),
    resolve: () => Promise.resolve({ addresses: [] }),
    claim: () => undefined,
  },
  hopeless,
})

describe('boundedPage()', () => {
  it('does not wait for a page whose addresses are all known to be silent', async () => {
    await using silent = await openOrigin({ address: '127.0.0.1', port: 0 }, () => undefined)
    mock.timers.enable({ apis: ['setTimeout'] }) // no limit of ours ever comes
    try {
      const page = await boundedPage(new URL(`http://127.0.0.1:${silent.port}/`), settings(Promise.resolve(true)))
      assert.equal(page.failure, 'generic_timeout_error')
      assert.equal(page.first, undefined)
    } finally {
      mock.timers.reset()
    }
  })

  it('goes on where the page has answered, and where not everything is silent', async () => {
    const known = Promise.withResolvers<boolean>()
    await using origin = await openOrigin({ address: '127.0.0.1', port: 0 }, (request, response) => {
      if (request.url === '/') {
        response.writeHead(302, { location: '/next' })
        return response.end()
      }
      known.resolve(true)
      setImmediate(() => response.end('page'))
    })
    const url = new URL(`http://127.0.0.1:${origin.port}/`)
    const { status, first } = await boundedPage(url, settings(known.promise))
    assert.deepEqual([status, first?.status, first?.location], [200, 302, '/next'])
    assert.ok(first?.seconds !== undefined && first.seconds < 2)
    assert.equal((await boundedPage(url, settings(Promise.resolve(false)))).status, 200)
  })
})
