import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { openControl, openOrigin } from '../../test/kit/net/control-world.ts'
import { hasProgram, LabAuthority } from '../../test/kit/net/lab-authority.ts'
import { freePort } from '../../test/kit/net/quic-servers.ts'
import { openNginxTls } from '../../test/kit/net/tls-servers.ts'

/** SHA-256 of a file's certificates, as X509Certificate of the runtime tells it. */
const digestsOf = (file: string): readonly string[] =>
  (readFileSync(file, 'utf8').match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map((pem) =>
    new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase(),
  )

describe(
  'certificates of pairs',
  { skip: hasProgram('nginx') && hasProgram('openssl') ? false : 'needs nginx' },
  () => {
    it('are given in the order of the wire, also where the authority is the service’s own', async () => {
      using known = new LabAuthority()
      using own = new LabAuthority()
      const [public_, private_] = [known.issue('a', { names: ['known.test'] }), { names: ['own.test'] }]
      const issued = own.issue('b', { ...private_, followedBy: [own.root] })
      const nginx = await openNginxTls(known, [
        [
          { name: 'known.test', issued: public_ },
          { name: 'own.test', issued },
        ],
      ])
      await using _program = nginx.program
      await using control = await openControl({ allow: ['127.0.0.0/8'], extraRoots: [known.root] })
      const pair = (port: number | undefined, name: string, role: string): unknown => ({
        ...{ address: `127.0.0.1:${port}`, server_name: name, network: 'tcp', role },
      })
      const [port] = nginx.ports
      const { json } = await control.ask({
        x_pairs: [
          pair(port, 'own.test', 'target'),
          pair(port, 'known.test', 'innocent'),
          pair(await freePort(), 'own.test', 'neighbour'),
        ],
      })
      const { x_pairs: pairs } = json as { x_pairs: readonly Readonly<Record<string, unknown>>[] }
      assert.deepEqual(
        pairs.map(({ failure, certificates }) => [failure, certificates]),
        [
          ['ssl_unknown_authority', digestsOf(issued.chain)],
          [null, digestsOf(public_.chain)],
          ['connection_refused', undefined],
        ],
      )
      assert.equal(digestsOf(issued.chain).length, 2)
    })
  },
)

describe('the first answer of a page', () => {
  const firstOf = async (port: number, more: object): Promise<unknown> => {
    await using control = await openControl({ allow: ['127.0.0.0/8'] })
    const { json } = await control.ask({ http_request: `http://127.0.0.1:${port}/`, ...more })
    const { http_request: page } = json as { http_request: Readonly<Record<string, unknown>> }
    const { t, ...first } = (page['x_first'] ?? {}) as Readonly<Record<string, unknown>>
    // Seconds until its end, which is at once here.
    assert.ok(page['x_first'] === undefined || (typeof t === 'number' && t >= 0 && t < 2), String(t))
    return [page['status_code'], page['x_first'] && first]
  }

  it('is given with where it sends, also if that cannot be followed, and only to clients that know it', async () => {
    let location = '/moved'
    await using origin = await openOrigin({ address: '127.0.0.1', port: 0 }, (request, response) => {
      if (request.url === '/') response.writeHead(302, { location })
      response.end('page')
    })
    assert.deepEqual(await firstOf(origin.port, { x_pairs: [] }), [200, { status_code: 302, location: '/moved' }])
    assert.deepEqual(await firstOf(origin.port, {}), [200, undefined])
    location = 'http://10.0.0.1/'
    assert.deepEqual(await firstOf(origin.port, { x_pairs: [] }), [-1, { status_code: 302, location }])
    location = `/${'x'.repeat(4_000)}`
    const [, first] = (await firstOf(origin.port, { x_pairs: [] })) as [number, { location: string }]
    assert.equal(first.location.length, 2_048)
  })

  it('is the page’s own status where it sends nowhere', async () => {
    await using origin = await openOrigin({ address: '127.0.0.1', port: 0 }, (_, response) => response.end('page'))
    assert.deepEqual(await firstOf(origin.port, { x_pairs: [] }), [200, { status_code: 200 }])
  })
})
