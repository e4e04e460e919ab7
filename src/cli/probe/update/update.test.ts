import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseRoute } from '../../../probe/deliver/route.ts'
import { routesTo } from './update.ts'

describe('the routes to a carrier of updates', () => {
  const routes = ['direct', 'http://127.0.0.1:8080', 'socks5://127.0.0.1:9050'].map(parseRoute)
  const kinds = (place: string, of = routes): readonly string[] => routesTo(place, of).map(({ kind }) => kind)

  it('are those that were chosen, in their order', () =>
    assert.deepEqual(kinds('https://kuager.example/updates/'), ['direct', 'http-proxy', 'socks5']))

  it('never tell the name of an onion service to a DNS server', () => {
    assert.deepEqual(kinds('http://abc.onion/updates/'), ['socks5'])
    assert.deepEqual(kinds('http://abc.onion/updates/', ['direct'].map(parseRoute)), ['tor'])
    assert.deepEqual(kinds('http://abc.onion/updates/', ['direct', 'tor'].map(parseRoute)), ['tor'])
  })
})
