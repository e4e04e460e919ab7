import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hasProgram, LabAuthority } from '../../../test/kit/net/lab-authority.ts'
import { openZone } from '../../../test/kit/net/control-world.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { parseResponders } from '../../core/model/tables/responders.ts'
import { runCommand } from '../main.ts'

const BIN = join(import.meta.dirname, '../../../bin/kuager.js')

interface Running extends AsyncDisposable {
  readonly url: string
  readonly out: () => string
  readonly err: () => string
}

/** Runs `kuager control` until disposed; resolves when it says where it is open, rejects with what it said instead. */
function run(cwd: string, ...args: readonly string[]): Promise<Running> {
  const child: ChildProcess = spawn(process.execPath, [BIN, 'control', '--port', '0', ...args], { cwd })
  let [out, err] = ['', '']
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (part: Buffer) => void (err += part.toString()))
    void ended.then((code) => reject(new Error(`exit ${code}: ${err}`)))
    child.stdout?.on('data', (part: Buffer) => {
      out += part.toString()
      const url = /open at (\S+)/.exec(out)?.[1]
      if (url === undefined) return
      resolve({
        url,
        out: () => out,
        err: () => err,
        [Symbol.asyncDispose]: async () => {
          child.kill('SIGTERM')
          await ended
        },
      })
    })
  })
}

describe('kuager control', () => {
  let folder: string
  before(() => void (folder = mkdtempSync(join(tmpdir(), 'kuager-control-'))))
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('measures by the resolver and the table it was given, and warns about what a test lab opens', async () => {
    const table = join(folder, 'networks.csv')
    writeFileSync(table, '127.0.0.0,127.0.0.255,65550,Example network,KZ\n')
    await using resolver = await openZone({ 'site.test': ['127.99.0.1'] })
    const args = ['--resolver', `udp://127.0.0.1:${resolver.port}`, '--networks', table, '--allow', '127.99.0.0/16']
    await using control = await run(folder, ...args)
    assert.match(control.err(), /TEST LAB.*127\.99\.0\.0\/16/)
    const response = await fetch(control.url, {
      method: 'POST',
      body: JSON.stringify({ x_host: 'site.test', tcp_connect: ['127.99.0.1:9'], x_client: true }),
    })
    const answer = (await response.json()) as { dns: unknown; x_client: unknown }
    assert.deepEqual(answer.dns, { failure: null, addrs: ['127.99.0.1'] })
    assert.deepEqual(answer.x_client, {
      asn: 'AS65550',
      cc: 'KZ',
      name: 'Example network',
      address: '127.0.0.1',
    })
  })

  it('serves HTTPS from a certificate of its own', async (t) => {
    if (!hasProgram('openssl')) return t.skip('needs openssl')
    using authority = new LabAuthority()
    const issued = authority.issue('control', { names: ['127.0.0.1'] })
    await using control = await run(folder, '--tls-cert', issued.chain, '--tls-key', issued.key)
    const status = await new Promise((resolve, reject) => {
      request(control.url, { ca: authority.root, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .once('error', reject)
        .end()
    })
    assert.equal(status, 200)
  })

  it('publishes its responders with --vpn, under the address it was given', async () => {
    const ports = ['--openvpn-port', '0', '--wireguard-port', '0', '--tor-port', '0']
    await using control = await run(folder, '--vpn', '--vpn-address', '20.0.0.1', '--vpn-keys', 'keys', ...ports)
    const responders = parseResponders(await (await fetch(`${control.url}x-responders`)).text())
    assert.equal(responders.address, '20.0.0.1')
    assert.ok(responders.openvpn.udp > 0 && responders.wireguard.port > 0 && responders.tor.port > 0)
  })

  it('refuses what it cannot read with one sentence and exit 2', async () => {
    const wrong = [
      ['--port', 'x'],
      ['--allow', '10.0.0.0'],
      ['--resolver', 'dns.example'],
      ['--resolver', 'udp://dns.example'],
      ['--tls-cert', 'missing.pem', '--tls-key', 'missing.pem'],
      ['--tls-cert', 'missing.pem'],
      ['--extra-roots', 'missing.pem'],
      ['--vpn', '--vpn-host', '0.0.0.0'],
      ['--no-such-option'],
    ]
    for (const args of wrong) {
      let said = ''
      const world = testWorld(folder, (text) => (said += text))
      assert.equal(await runCommand(['control', '--port', '0', ...args], world), 2, args.join(' '))
      assert.match(said, /^kuager: [^\n]+\n$/)
    }
  })
})
