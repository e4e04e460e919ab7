import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { after, before, describe, it } from 'node:test'
import type { CensorRule } from './censor/rules.ts'
import { missingForLab } from './needs.ts'
import { removePlaces } from './netns.ts'
import type { Finished } from './run-command.ts'
import { openWorld, type World } from './world.ts'

const WORLD = new URL('world.ts', import.meta.url).href
const RESOLVE_UDP = new URL('../../src/net/dns/resolve-udp.ts', import.meta.url).href
const CLOCK = new URL('../../src/runtime/clock.ts', import.meta.url).href
const TARGET = 'www.youtube-lab.net'
const INNOCENT = 'www.facebook-lab.net'

const MISSING = missingForLab()
const skip = MISSING.length > 0 && `the laboratory: ${MISSING.join('; ')}`

/** Fetches a URL as the subscriber would; the last word of `out` is the address that answered. */
const fetchAs = (world: World, url: string, ...options: readonly string[]): Promise<Finished> =>
  world.places.subscriber.attempt([
    ...['curl', '-sS', '--max-time', '2', '--cacert', world.files.roots, '-o', '/dev/null'],
    ...['-w', '%{http_code} %{remote_ip}', ...options, url],
  ])

const opens = async (world: World, host: string, ...options: readonly string[]): Promise<boolean> =>
  (await fetchAs(world, `https://${host}/`, ...options)).out.startsWith('200 ')

const names = (pid: number): readonly string[] =>
  existsSync('/run/netns') ? readdirSync('/run/netns').filter((one) => one.startsWith(`kuager-lab-${pid}-`)) : []

describe('openWorld()', { skip }, () => {
  it('leaves no namespace, no folder and no harm behind', async () => {
    const world = await openWorld()
    assert.ok(names(process.pid).length > 0)
    await world[Symbol.asyncDispose]()
    assert.deepEqual(names(process.pid), [])
    assert.equal(existsSync(world.folder), false)
    assert.ok(statSync('/dev/null').isCharacterDevice(), 'daemons run as root may remove the files that they own')
  })
})

describe('a world whose process is killed', { skip }, () => {
  it('is removed by the next, with all that runs in it', async () => {
    const script = `const { openWorld } = await import(${JSON.stringify(WORLD)}); await openWorld()
      process.stdout.write('open'); setInterval(() => undefined, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = child.pid ?? 0
    await once(child.stdout, 'data')
    assert.ok(names(pid).length > 0)
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    assert.ok(names(pid).length > 0, 'a killed process removes nothing')
    await removePlaces(process.pid)
    assert.deepEqual(names(pid), [])
    assert.deepEqual(
      readdirSync(tmpdir()).filter((one) => one.startsWith(`kuager-lab-${pid}-`)),
      [],
    )
  })
})

describe('the world', { skip }, () => {
  let world: World
  before(async () => {
    world = await openWorld()
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
  })

  it('gives a subscriber an internet that has no way out of it', async () => {
    assert.equal((await fetchAs(world, `https://${TARGET}/`)).out.split(' ')[0], '200')
    assert.ok(await opens(world, TARGET, '--http3-only'), 'over HTTP/3')
    assert.match((await fetchAs(world, 'https://www.bank-lab.kz/')).out, /^200 45\.11\./)
    assert.match((await fetchAs(world, 'http://portal-check.probe-lab.net/generate_204')).out, /^204 /)
    const doh = await fetchAs(world, `https://${TARGET}/`, '--doh-url', 'https://dns.quad-lab.net/dns-query')
    assert.match(doh.out, /^200 20\.10\.1\./)
    for (const address of ['1.1.1.1', '8.8.8.8'])
      assert.equal((await fetchAs(world, `http://${address}/`)).code, 7, `${address} cannot be reached`)
  })

  const withRule = (title: string, rules: readonly CensorRule[], check: () => Promise<void>): void => {
    void it(title, async () => {
      await world.applyCensor(rules)
      await check()
      assert.ok(await opens(world, INNOCENT), 'another service is not touched')
      await world.applyCensor([])
      assert.ok(await opens(world, TARGET), 'nothing remains when the censor is taken away')
    })
  }

  const target = ['youtube-lab.net']
  withRule(
    'resets a ClientHello by its name, whichever address it goes to',
    [{ kind: 'hello', names: target, action: 'reset' }],
    async () => {
      assert.match((await fetchAs(world, `https://${TARGET}/`)).err, /reset by peer/)
      const other = await fetchAs(world, `https://${TARGET}/`, '--resolve', `${TARGET}:443:20.10.2.10`, '--insecure')
      assert.match(other.err, /reset by peer/, 'the name is what counts')
      const innocent = ['--resolve', 'www.weather-lab.net:443:20.10.1.10', '--insecure']
      assert.ok(await opens(world, 'www.weather-lab.net', ...innocent), 'another name passes to the same address')
    },
  )
  withRule('drops QUIC by its name alone', [{ kind: 'quic', names: target, action: 'drop' }], async () => {
    assert.equal(await opens(world, TARGET, '--http3-only'), false)
    assert.ok(await opens(world, INNOCENT, '--http3-only'))
    assert.ok(await opens(world, TARGET), 'over TCP the name passes')
  })
  withRule(
    'forges an answer of DNS ahead of the true one',
    [{ kind: 'dns-injection', names: target, answer: { kind: 'addresses', addresses: ['10.66.6.6'] } }],
    async () => {
      const { out } = await world.places.subscriber.attempt(['dig', '+short', TARGET])
      assert.equal(out.trim(), '10.66.6.6')
    },
  )
  it('hides the second answer behind a resolver in the home, and from it alone', async () => {
    const script = `const { resolveUdp } = await import(${JSON.stringify(RESOLVE_UDP)})
      const { systemClock } = await import(${JSON.stringify(CLOCK)})
      const tools = { clock: systemClock, signal: new AbortController().signal, limit: 2000 }
      for (const address of process.argv.slice(1)) {
        const resolver = { address, port: 53 }
        const { answer, late } = await resolveUdp({ name: '${TARGET}', queryType: 'A', resolver }, tools)
        console.log([answer, ...late].map((one) => one?.answers.map(({ address }) => address).sort()[0]).join(' '))
      }`
    await world.applyChanges([{ kind: 'home-resolver' }])
    await world.applyCensor([
      { kind: 'dns-injection', names: target, answer: { kind: 'addresses', addresses: ['10.66.6.6'] } },
    ])
    const { out } = await world.places.subscriber.attempt([
      ...[process.execPath, '--input-type=module', '-e', script],
      ...['192.168.7.1', '20.40.3.53'],
    ])
    assert.equal(out.trim(), '10.66.6.6\n10.66.6.6 20.10.1.10')
    const own = await world.places.subscriber.attempt(['dig', '+short', TARGET])
    assert.equal(own.out.trim(), '10.66.6.6', 'it is the subscriber’s own resolver')
    await world.applyChanges([])
    await world.applyCensor([])
    assert.ok(await opens(world, TARGET))
  })
  withRule(
    'ends handshakes with a name at the provider and passes the others on',
    [{ kind: 'interception', names: target, certificate: 'valid' }],
    async () => {
      assert.match((await fetchAs(world, `https://${TARGET}/`)).err, /unable to get local issuer/)
      const innocent = ['--resolve', `www.weather-lab.net:443:20.10.1.10`, '--insecure']
      assert.ok(await opens(world, 'www.weather-lab.net', ...innocent))
    },
  )
  withRule(
    'forges the end of a connection of QUIC by its name',
    [{ kind: 'quic', names: target, action: 'close' }],
    async () => {
      assert.match((await fetchAs(world, `https://${TARGET}/`, '--http3-only')).err, /shut down/)
    },
  )
  withRule(
    'ends a connection by its name, or answers it in cleartext',
    [
      { kind: 'hello', names: ['www.youtube-lab.net'], action: 'close' },
      { kind: 'hello', names: ['media.youtube-lab.net'], action: 'notice' },
    ],
    async () => {
      assert.match((await fetchAs(world, `https://${TARGET}/`)).err, /unexpected eof/)
      assert.match((await fetchAs(world, 'https://media.youtube-lab.net/')).err, /wrong version number/)
    },
  )
  withRule(
    'answers a request by its Host with a notice',
    [{ kind: 'http', names: ['vlast-lab.net'], action: 'page' }],
    async () => {
      assert.match((await fetchAs(world, 'http://www.vlast-lab.net/')).out, /^403 /)
      assert.match((await fetchAs(world, `http://${TARGET}/`)).out, /^200 /)
    },
  )
  withRule(
    'slows a connection by its name',
    [{ kind: 'throttle', names: target, kbit: 130, direction: 'down' }],
    async () => {
      const longer = ['--max-time', '5', '-w', ' %{size_download}']
      const { out } = await fetchAs(world, 'https://media.youtube-lab.net/large', ...longer)
      const bytes = Number(out.split(' ').at(-1))
      assert.ok(bytes > 5000 && bytes < 120_000, `${bytes} bytes in five seconds`)
    },
  )
})
