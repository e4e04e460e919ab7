import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { loopbackBlock, openOrigin, openZone } from '../../../test/kit/net/control-world.ts'
import { hasProgram, LabAuthority } from '../../../test/kit/net/lab-authority.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { serviceCheckSchema } from '../../core/model/tables/service-check.ts'
import { runCommand } from '../main.ts'

const folder = mkdtempSync(join(tmpdir(), 'kuager-services-'))
after(() => rmSync(folder, { recursive: true }))

describe('kuager services check', { skip: hasProgram('openssl') ? false : 'needs openssl' }, () => {
  it('ends with 0 where all are alive, with 3 where one moved, and writes proposals without an address', async () => {
    using authority = new LabAuthority()
    const { block, address } = loopbackBlock()
    const issued = authority.issue('site', { names: ['alive.test', 'old.test'] })
    await using origin = await openOrigin({ address: address(1), port: 0, issued }, (request, response) => {
      const isOld = request.headers.host?.startsWith('old.test') === true
      response.writeHead(isOld ? 301 : 200, isOld ? { location: 'https://home.test/' } : {}).end('page')
    })
    await using resolver = await openZone({ 'alive.test': [address(1)], 'old.test': [address(1)] })
    const list = (...hosts: readonly string[]): string => {
      const file = join(folder, `${hosts.length}.json`)
      const endpoints = hosts.map((host) => ({
        ...{ host, use: 'page', port: origin.port, checks: ['tls', 'page'], success: 'certificate' },
        ...{ source: 'a test', checked_at: '2026-11-25' },
      }))
      writeFileSync(file, JSON.stringify({ services: [{ id: 'example', name: 'Example', tests: [], endpoints }] }))
      return file
    }
    const roots = authority.write('roots.pem', authority.root)
    const run = async (...args: readonly string[]) => {
      let [printed, err] = ['', '']
      const world = {
        ...testWorld(folder),
        out: { write: (text: string) => void (printed += text) },
        err: { write: (text: string) => void (err += text) },
      }
      const lab = ['--resolver', `udp://127.0.0.1:${resolver.port}`, '--allow', block, '--extra-roots', roots]
      const code = await runCommand(['services', 'check', ...lab, ...args], world)
      return { code, out: printed, err }
    }
    const well = await run('--service-list', list('alive.test'))
    assert.deepEqual([well.code, well.err], [0, ''])
    assert.match(well.out, /Of 1 hosts 1 are alive/)
    const out = join(folder, 'patch.json')
    const moved = await run('--service-list', list('alive.test', 'old.test'), '--out', out, '--from', 'Testland')
    assert.equal(moved.code, 3)
    assert.match(moved.out, /moved +example +old\.test:\d+ .*home\.test/)
    const patch = serviceCheckSchema.parse(JSON.parse(readFileSync(out, 'utf8')))
    assert.deepEqual(
      patch.rows.map(({ host, found, to }) => [host, found, to]),
      [['old.test', 'moved', 'home.test']],
    )
    assert.equal(JSON.stringify(patch).includes(address(1)), false)
    const dead = await run('--service-list', list('a.test', 'b.test', 'c.test', 'd.test'), '--json')
    assert.deepEqual([dead.code, dead.out], [3, ''])
    assert.match(dead.err, /4 of 4 hosts failed/)
  })

  it('refuses a place that holds an address', async () => {
    for (const from of ['192.0.2.7', 'Berlin (2001:db8::1)', 'host.example.org', '']) {
      assert.equal(await runCommand(['services', 'check', '--from', from], testWorld(folder)), 2, from)
    }
  })
})
