import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openControl, openOrigin, openZone } from '../../test/kit/net/control-world.ts'
import { hasProgram, LabAuthority } from '../../test/kit/net/lab-authority.ts'
import { freePort, openNginxQuic } from '../../test/kit/net/quic-servers.ts'
import { loadQuicBinding } from '../net/quic/binding.ts'

const skip =
  !hasProgram('nginx') || !hasProgram('openssl')
    ? 'needs nginx and openssl'
    : loadQuicBinding() === undefined
      ? 'needs the QUIC library'
      : false

interface Answer {
  readonly quic_handshake: Readonly<Record<string, unknown>>
  readonly http_request: { readonly discovered_h3_endpoint: string }
  readonly http3_request: {
    readonly status_code: number
    readonly title: string
    readonly failure: string | null
  } | null
  readonly x_pairs: readonly { readonly role: string; readonly failure: string | null; readonly answered: boolean }[]
}

describe('QUIC from the control', { skip }, () => {
  it('is measured where the page offers HTTP/3 and the asker wants it, and in pairs', async () => {
    using authority = new LabAuthority()
    const issued = authority.issue('site', { names: ['site.test'] })
    const nginx = await openNginxQuic(authority, [{ name: 'site.test', issued }])
    await using _program = nginx.program
    await using page = await openOrigin({ address: '127.0.0.1', port: 0, issued }, (_, response) => {
      response.writeHead(200, { 'alt-svc': `h3=":${nginx.port}"; ma=60` })
      response.end('page')
    })
    await using resolver = await openZone({ 'site.test': ['127.0.0.1'] })
    await using control = await openControl({ allow: ['127.0.0.0/8'], resolver, extraRoots: [authority.root] })
    const closed = await freePort()
    const pair = (port: number, name: string, role: string): unknown => ({
      address: `127.0.0.1:${port}`,
      server_name: name,
      network: 'udp',
      role,
    })
    const question = {
      http_request: `https://site.test:${page.port}/`,
      x_pairs: [
        pair(nginx.port, 'site.test', 'target'),
        pair(nginx.port, 'innocent.test', 'innocent'),
        pair(closed, 'site.test', 'neighbour'),
      ],
    }
    const wanted = (await control.ask({ ...question, x_quic_enabled: true })).json as Answer
    const endpoint = `127.0.0.1:${nginx.port}`
    assert.equal(wanted.http_request.discovered_h3_endpoint, `site.test:${nginx.port}`)
    assert.deepEqual(wanted.quic_handshake, {
      [endpoint]: { server_name: 'site.test', status: true, failure: null },
    })
    assert.equal(wanted.http3_request?.status_code, 200)
    assert.equal(wanted.http3_request.title, 'hello')
    assert.equal(wanted.http3_request.failure, null)
    assert.deepEqual(
      wanted.x_pairs.map(({ role, failure, answered }) => [role, failure, answered]),
      [
        ['target', null, true],
        ['innocent', 'ssl_invalid_hostname', true],
        ['neighbour', 'connection_refused', false],
      ],
    )
    const unwanted = (await control.ask(question)).json as Answer
    assert.deepEqual(unwanted.quic_handshake, {})
    assert.equal(unwanted.http3_request, null)
  })
})
