import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { getServers, setServers } from 'node:dns'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { filesBelow, spokenWorld } from '../../../../test/kit/probe/probe-folder.ts'
import type { HandshakeOutcome, Roled } from '../../../core/model/measured/operation.ts'
import type { EndpointRun, LineReport, ServiceRun } from '../../../core/model/measured/service-run.ts'
import { endpointSchema } from '../../../core/model/tables/service.ts'
import { instant, millis, parseAsn, parseCountryCode, type Instant } from '../../../core/model/units.ts'
import { CONSENT_VERSION, consentedTiers, loadConsent, saveConsent } from '../../../probe/consent/consent.ts'
import { saveDeliveryState } from '../../../probe/deliver/delivery-state.ts'
import { ProbeKeys } from '../../../probe/identity/keys.ts'
import { Spool } from '../../../probe/spool/spool.ts'
import { runCommand } from '../../main.ts'
import { permission } from './consent.ts'
import { readAsked } from '../../../../test/kit/probe/read-asked.ts'
import { MEASURING, type Asked } from '../options.ts'
import { runSettings } from '../run/setup.ts'
import { Writer } from '../run/write-down.ts'

let root = ''
before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-person-'))))
after(() => rm(root, { recursive: true }))

const line = (changes: Partial<LineReport> = {}): LineReport => ({
  state: 'ok',
  gateway: 'answers',
  resolver: 'answers',
  portal: 'none',
  ipv4: true,
  ipv6: false,
  tunnel: 'none',
  changed: false,
  canaries: [],
  ...changes,
})
/** A run that began at 19:52:37.123, by a clock that is 41.337 seconds off, behind a sign-in page with a name. */
const run = (changes: Partial<LineReport> = {}): ServiceRun => ({
  service: 'alpha',
  tier: 'A',
  runId: 'aaaaaaaaaaaaaaaa',
  kind: 'scheduled',
  scope: 'core',
  network: { asn: parseAsn(64500), country: parseCountryCode('KZ'), name: 'Test', from: 'collector' },
  line: line(changes),
  startedAt: instant(Date.UTC(2026, 10, 25, 19, 52, 37, 123)),
  base: millis(1000),
  endedAt: millis(2000),
  endpoints: [],
})

const HANDSHAKE: HandshakeOutcome = {
  ...{ operation: 'handshake', transport: 'tcp', address: '192.0.2.1', port: 443, alpnOffered: [] },
  ...{ chain: [], verifies: false, startedAt: millis(1), endedAt: millis(2), answered: true },
  ...{ bytesSent: 0, bytesReceived: 0 },
}
const ENDPOINT: EndpointRun = {
  endpoint: endpointSchema.parse({
    host: 'www.alpha.example',
    use: 'page',
    checks: ['tls'],
    source: 'test',
    checked_at: '2026-11-25',
  }),
  ...{ lookups: [], connects: [], tls: [], quic: [], exchanges: [], transfers: [], tunnels: [] },
}

const askedFor = async (folder: string, ...more: readonly string[]): Promise<Asked> =>
  readAsked(['--folder', folder, ...more], spokenWorld(root).world, { options: MEASURING })
const writerIn = (asked: Asked): Writer =>
  new Writer(asked, { keys: new ProbeKeys(asked.folder), spool: new Spool(asked.folder) })
const choice = { tiers: ['A'], scope: 'core', kind: 'manual', services: [] } as const

describe('what is written of a person', () => {
  it('tells neither second nor clock nor hotspot nor machine, in documents, names of files and their times', async () => {
    const folder = join(root, 'written')
    const asked = await askedFor(folder)
    const portal = { portal: 'found', portalHost: 'cafe-aigerim.example' } as const
    const clock = { offset: millis(41_337), roundTrip: millis(33.3) }
    const about = { operation: 'clock', server: 'time.example', startedAt: millis(0), endedAt: millis(1) } as const
    const { document } = await writerIn(asked).write(run({ ...portal, clock: { ...about, ...clock } }), [])
    const names = (await filesBelow(folder)).join('\n')
    for (const [text, where] of [
      [document, 'document'],
      [names, 'names of files'],
    ] as const)
      for (const marker of ['19:52:37', '195237', '37.123', '41.337', '41337', 'aigerim', '1795636357'])
        assert.ok(!text.includes(marker), `${marker} in ${where}`)
    assert.match(document, /"clock_offset":0,"clock_round_trip":0\.03/)
    for (const own of [hostname(), userInfo().username]) if (own.length > 5) assert.ok(!document.includes(own), own)
  })

  it('by a run during which the line changed is tied to neither network: another run, a key stored nowhere', async () => {
    const folder = join(root, 'changed')
    const writer = writerIn(await askedFor(folder))
    const before = await writer.write(run(), [])
    const home = writer.probe
    const after = await writer.write({ ...run({ changed: true, state: 'network-changed' }), service: 'beta' }, [])
    assert.match(before.document, /"x_run":"aaaaaaaaaaaaaaaa"/)
    assert.doesNotMatch(after.document, /"x_run":"aaaaaaaaaaaaaaaa"/)
    assert.ok(home !== undefined && !after.document.includes(home))
    assert.notEqual(writer.probe, home) // the line is elsewhere: what was measured at home waits
    assert.deepEqual(
      (await filesBelow(folder)).filter((name) => name.startsWith('keys')),
      ['keys/AS64500-2026-11.pem'],
    )
    const [pem = ''] = await Promise.all(
      ['keys/AS64500-2026-11.pem'].map((name) => readFile(join(folder, name), 'utf8')),
    )
    assert.match(pem, /PRIVATE KEY/)
  })

  it('by control names no more than by the key: others in each network and month, none once the line changed', async () => {
    const folder = join(root, 'cover')
    const writer = writerIn(await askedFor(folder))
    const [november, december] = [Date.UTC(2026, 10, 25), Date.UTC(2026, 11, 25)].map(instant) as [Instant, Instant]
    const secretOf = async (asn: number, at: Instant): Promise<string> =>
      Buffer.from(await writer.coverSecret(parseAsn(asn), at)).toString('hex')
    const [home, again] = [await secretOf(64500, november), await secretOf(64500, november)]
    assert.equal(home, again)
    const others = [await secretOf(64501, november), await secretOf(64500, december), await secretOf(0, november)]
    assert.equal(new Set([home, ...others, await secretOf(0, november)]).size, 5)
    const half = (role: 'target' | 'innocent', serverName: string): Roled<HandshakeOutcome> => ({
      role,
      round: 0,
      outcome: { ...HANDSHAKE, serverName },
    })
    const tls = [half('target', 'www.alpha.example'), half('innocent', 'cover.example')]
    const measured = { ...run(), endpoints: [{ ...ENDPOINT, tls, controlRequest: { x_pairs: ['cover.example'] } }] }
    assert.match((await writer.write(measured, [])).document, /cover\.example/)
    const { document } = await writer.write({ ...measured, line: line({ changed: true }) }, [])
    assert.doesNotMatch(document, /cover\.example/)
    assert.match(document, /www\.alpha\.example/)
  })

  it('in the spool is what was signed, and no copy before scrubbing unless the owner asks', async () => {
    const folder = join(root, 'spooled')
    const { document } = await writerIn(await askedFor(folder)).write(run(), [])
    const files = await filesBelow(folder)
    assert.ok(!files.some((name) => name.startsWith('copies')))
    const name = files.find((one) => one.startsWith('spool')) ?? ''
    assert.equal(gunzipSync(await readFile(join(folder, name))).toString(), document)
  })
})

describe('routes that the owner gave', () => {
  it('are the only ones: without "direct" the line itself asks no collector and measures none', async () => {
    const folder = join(root, 'routes')
    await saveDeliveryState(folder, { failures: 1, next: 0, unreachable: true })
    const { world } = spokenWorld(root)
    const collector = ['--collector', 'https://collector.example']
    for (const route of ['tor', 'socks5://127.0.0.1:9999', 'http://proxy.example:3128']) {
      const settings = await runSettings(await askedFor(folder, ...collector, '--route', route), choice, world)
      assert.deepEqual([settings.collectorUrls, settings.services], [[], []], route)
    }
    for (const more of [[], ['--route', 'tor', '--route', 'direct']]) {
      const settings = await runSettings(await askedFor(folder, ...collector, ...more), choice, world)
      assert.deepEqual(settings.collectorUrls, ['https://collector.example'])
      assert.deepEqual(
        settings.services.map(({ id }) => id),
        ['collector'],
      )
    }
  })
})

describe('before consent', () => {
  /** A server that only counts who comes. */
  async function openCounter(): Promise<AsyncDisposable & { readonly url: string; readonly came: () => number }> {
    let came = 0
    const server = createServer((socket) => {
      came++
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // it listens on TCP
    return {
      url: `http://127.0.0.1:${port}`,
      came: () => came,
      [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
    }
  }

  it('no command speaks to a collector, a control, a service or a resolver, and none writes but the answer', async () => {
    await using counter = await openCounter()
    const port = Number(new URL(counter.url).port)
    const services = join(root, 'services.json')
    const sourced = { source: 'test', checked_at: '2026-11-25' }
    const endpoints = [{ host: '127.0.0.1', port, use: 'page', checks: ['tcp', 'plain'], core: true, ...sourced }]
    await writeFile(services, JSON.stringify({ services: [{ id: 'alpha', name: 'alpha', tests: [], endpoints }] }))
    const asking = ['--collector', counter.url, '--control', counter.url, '--service-list', services]
    const servers = getServers()
    const resolver = createSocket('udp4')
    let questions = 0
    resolver.on('message', () => questions++)
    await new Promise<void>((resolve) => resolver.bind(0, '127.0.0.1', resolve))
    setServers([`127.0.0.1:${resolver.address().port}`])
    try {
      for (const [command, ...more] of [
        ['run', ...asking],
        ['extra', ...asking],
        ['daemon', ...asking],
        ['install', '--no-start', ...asking],
        ['status'],
        ['export', root],
        ['forget'],
      ] as const) {
        const folder = join(root, `unasked-${command}`)
        const { world } = spokenWorld(root, ['no', 'no', 'no'])
        await runCommand(['probe', command, '--folder', folder, ...more], world)
        assert.deepEqual(
          (await filesBelow(folder)).filter((name) => !/^(?:consent\.json|held)/.test(name)),
          [],
          command,
        )
        assert.deepEqual(consentedTiers(await loadConsent(folder)), [], command)
      }
      assert.deepEqual([counter.came(), questions], [0, 0])
    } finally {
      setServers(servers)
      resolver.close()
    }
  })

  it('by a changed text counts no longer: the daemon measures nothing, and a machine gets the command to agree', async () => {
    const folder = join(root, 'changed-text')
    const old = {
      version: CONSENT_VERSION - 1,
      at: instant(0),
      lang: 'kk',
      tiers: ['A', 'B', 'C'],
      by: 'answer',
    } as const
    await saveConsent(folder, old)
    assert.deepEqual(consentedTiers(await loadConsent(folder)), [])
    const { world } = spokenWorld(root)
    assert.notEqual(await runCommand(['probe', 'daemon', '--folder', folder], world), 0)
    const { world: machine } = spokenWorld(root)
    const asked = await readAsked(['--folder', folder, '--yes'], machine, { options: ['yes'] })
    assert.deepEqual(await permission(asked, [], machine), { kind: 'given', tiers: ['A'] }) // not B and C, agreed to once
  })
})
