import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { askResolversOnce } from '../../runtime/resolver-options.ts'
import { resolveSystem } from './resolve-system.ts'
import { systemResolvers } from './system-resolvers.ts'

const tools = { clock: systemClock, signal: new AbortController().signal, limit: millis(5000) }

describe('resolveSystem()', () => {
  it('gives what getaddrinfo gives: localhost has an address of loopback', async () => {
    const outcome = await resolveSystem('localhost', tools)
    assert.equal(outcome.failure, undefined)
    assert.ok(outcome.answer?.answers.some(({ address }) => address === '127.0.0.1' || address === '::1'))
    assert.equal(outcome.queryType, 'ANY')
  })

  it('says of a name that cannot exist that it could not be resolved', async () => {
    const outcome = await resolveSystem('no-such-name.invalid', tools)
    assert.match(outcome.failure?.code ?? '', /^(dns_nxdomain_error|dns_server_misbehaving|dns_no_answer)$/)
  })

  it('says that our limit passed before the system answered', async () => {
    const outcome = await resolveSystem('no-such-name.invalid', { ...tools, limit: millis(0) })
    assert.ok(outcome.failure !== undefined)
  })

  it('answers a name behind four that the resolver drops, each within its own time', async (t) => {
    if (process.getuid?.() !== 0 || !hasProgram('unshare')) return t.skip('needs root and unshare')
    const folder = mkdtempSync(join(tmpdir(), 'kuager-resolv-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const address = `127.${randomInt(64, 250)}.${randomInt(1, 250)}.53`
    writeFileSync(join(folder, 'resolv.conf'), `nameserver ${address}\n`)
    const script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
    const child = join(import.meta.dirname, '../../../test/kit/net/silent-names-child.ts')
    const args = ['-m', 'sh', '-c', script, join(folder, 'resolv.conf'), process.execPath, child, address]
    const { stdout } = await promisify(execFile)('unshare', args)
    const { known, failures } = JSON.parse(stdout) as { known: unknown; failures: readonly string[] }
    assert.equal(known, null)
    assert.deepEqual(failures, Array(4).fill('generic_timeout_error'))
  })

  it('throws the reason of a run that ended', async () => {
    const controller = new AbortController()
    controller.abort(new Error('run ended'))
    await assert.rejects(resolveSystem('localhost', { ...tools, signal: controller.signal }), /run ended/)
  })
})

describe('systemResolvers()', () => {
  it('reads every spelling of a resolver, and passes over what is none', () => {
    assert.deepEqual(systemResolvers(['192.0.2.53', '192.0.2.54:5353', '2001:db8::53', '[2001:db8::54]:5353', 'x']), [
      { address: '192.0.2.53', port: 53 },
      { address: '192.0.2.54', port: 5353 },
      { address: '2001:db8::53', port: 53 },
      { address: '2001:db8::54', port: 5353 },
    ])
  })
})

describe('askResolversOnce()', () => {
  it('keeps what the owner has set', () => {
    const env: Record<string, string | undefined> = {}
    askResolversOnce(env)
    assert.equal(env['RES_OPTIONS'], 'attempts:1')
    env['RES_OPTIONS'] = 'timeout:9'
    askResolversOnce(env)
    assert.equal(env['RES_OPTIONS'], 'timeout:9')
  })
})
