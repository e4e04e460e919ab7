import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { loopbackBlock, openControl, openOrigin, openZone } from '../../../test/kit/net/control-world.ts'
import { hasProgram, LabAuthority } from '../../../test/kit/net/lab-authority.ts'
import { systemClock } from '../../runtime/clock.ts'
import { openLog } from '../../runtime/log.ts'
import { CanaryWatch } from './canary-watch.ts'

const skip = !hasProgram('openssl')
  ? 'needs openssl'
  : process.getuid?.() !== 0
    ? 'needs root for the ports of the web'
    : false

it(
  'a real control tells canaries that serve from those that are closed to pages, moved to cleartext, or gone',
  { skip },
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-canary-abroad-'))
    using authority = new LabAuthority()
    const { block, address } = loopbackBlock()
    const names = ['open', 'closed', 'moved', 'html', 'missing', 'gone']
    const hosts = names.map((name) => `${name}.test`)
    await using _origin = await openOrigin(
      { address: address(1), port: 443, issued: authority.issue('all', { names: hosts }) },
      (request, response) => {
        const host = request.headers.host ?? ''
        const isImage = request.url?.startsWith('/favicon') === true
        if (host === 'moved.test' && !isImage)
          return void response.writeHead(302, { location: 'http://moved.test/robots.txt' }).end()
        if (host === 'missing.test' && isImage) return void response.writeHead(404).end()
        response.writeHead(200, {
          'content-type': isImage && host !== 'html.test' ? 'image/x-icon' : 'text/html',
          ...(host === 'closed.test' ? { 'cross-origin-resource-policy': 'same-origin' } : {}),
        })
        response.end('x')
      },
    )
    await using zone = await openZone(
      Object.fromEntries(hosts.filter((host) => host !== 'gone.test').map((host) => [host, [address(1)]])),
    )
    await using control = await openControl({ allow: [block], resolver: zone, extraRoots: [authority.root] })
    const watch = await CanaryWatch.open({
      canaries: names.map((service) => ({
        service,
        document: `https://${service}.test/robots.txt`,
        image: `https://${service}.test/favicon.ico`,
        source: 'a test',
        checked_at: '2026-11-26',
      })),
      controls: [control.url],
      file: join(root, 'canaries.json'),
      clock: systemClock,
      log: openLog({ level: 'silent' }),
    })
    assert.equal(await watch.look(new AbortController().signal), true)
    assert.deepEqual(
      names.map((name) => watch.of(name)?.abroad),
      ['usable', 'closed-to-pages', 'broken', 'closed-to-pages', 'broken', 'broken'],
    )
    assert.equal(watch.reach[0]?.image, `${control.url}reach.png`)
    await rm(root, { recursive: true })
  },
)
