import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { millis } from '../model/units.ts'
import { systemClock } from '../sys/clock.ts'
import { askResolversOnce } from '../sys/resolver-options.ts'
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

  it('answers names beside many that are slow, each within its own time', async () => {
    const slow = Array.from({ length: 12 }, (_, i) => resolveSystem(`no-such-name-${i}.invalid`, tools))
    const known = await resolveSystem('localhost', tools)
    assert.equal(known.failure, undefined)
    for (const outcome of await Promise.all(slow)) assert.notEqual(outcome.failure, undefined)
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
