import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hasProgram, LabAuthority } from '../../test/kit/net/lab-authority.ts'
import { missingForLab } from './needs.ts'
import { ADDRESSES } from './plan.ts'
import { waitUntil, type Daemon } from './run-command.ts'
import { openWorld, type World } from './world.ts'

const LACKING = [...missingForLab(), ...['openvpn', 'tor'].flatMap((name) => (hasProgram(name) ? [] : [name]))]
const skip = LACKING.length > 0 && `the laboratory with stock tunnels: ${LACKING.join('; ')}`

const SERVER = ADDRESSES.tunnelServer
const [VPN_PORT, TOR_PORT] = [1194, 9001]
/** How long a client that is cut off is looked at: several of its first packets. */
const LOOK_SECONDS = 6
const LIMIT_MS = 60_000
/** A network of nobody: one authority that does not exist, so that tor asks nobody for anything. */
const NOBODY = [
  'TestingTorNetwork 1',
  'UseDefaultFallbackDirs 0',
  `DirAuthority nobody orport=9 v3ident=${'0123456789'.repeat(4)} 127.0.0.1:9 ${'9876543210'.repeat(4)}`,
  'Log notice stdout',
]

describe('the censor of tunnels, held against stock programs with real servers abroad', { skip }, () => {
  let world: World
  let authority: LabAuthority
  let servers: readonly Daemon[] = []

  const tor = (name: string, lines: readonly string[]): readonly string[] => {
    const file = join(world.folder, `${name}.torrc`)
    writeFileSync(file, [...NOBODY, `DataDirectory ${join(world.folder, name)}`, ...lines, ''].join('\n'))
    return ['tor', '--defaults-torrc', '/dev/null', '-f', file]
  }
  const openvpn = (who: string, more: readonly string[]): readonly string[] => {
    const { chain, key } = authority.issue(who, { names: [`${who}.test`] })
    const own = ['--ca', `${authority.folder}/ca.pem`, '--cert', chain, '--key', key]
    return ['openvpn', '--dev', 'null', '--proto', 'udp', '--verb', '3', ...own, ...more]
  }
  const fingerprint = (): string =>
    readFileSync(join(world.folder, 'relay/fingerprint'), 'utf8').trim().split(' ')[1] ?? ''
  const clients = (): Readonly<
    Record<'openvpn' | 'tor', { readonly argv: readonly string[]; readonly done: RegExp }>
  > => ({
    openvpn: {
      argv: openvpn('client', ['--tls-client', '--nobind', '--remote', SERVER, String(VPN_PORT)]),
      done: /Initialization Sequence Completed/,
    },
    tor: {
      argv: tor('client', [
        'ClientOnly 1',
        'SocksPort 0',
        'UseBridges 1',
        `Bridge ${SERVER}:${TOR_PORT} ${fingerprint()}`,
      ]),
      done: /\(handshake_done\)/,
    },
  })

  before(async () => {
    world = await openWorld()
    authority = new LabAuthority()
    const { abroad } = world.places
    const relay = [
      'SocksPort 0',
      `ORPort ${SERVER}:${TOR_PORT} IPv4Only`,
      `Address ${SERVER}`,
      'PublishServerDescriptor 0',
      'AssumeReachable 1',
      'ExitRelay 0',
      'Nickname nobody',
      'ContactInfo nobody',
    ]
    const server = ['--tls-server', '--dh', 'none', '--local', SERVER, '--lport', String(VPN_PORT)]
    servers = [abroad.start('openvpn', openvpn('server', server)), abroad.start('tor', tor('relay', relay))]
    const log = (): string => servers.map((one) => one.log()).join('\n')
    const isUp = async (): Promise<boolean> => {
      const listens = await abroad.attempt(['ss', '-Hltun'])
      return (
        listens.out.includes(`${SERVER}:${VPN_PORT}`) &&
        listens.out.includes(`${SERVER}:${TOR_PORT}`) &&
        existsSync(join(world.folder, 'relay/fingerprint'))
      )
    }
    await waitUntil('openvpn and tor', isUp, { limit: LIMIT_MS, log })
  })
  after(async () => {
    await Promise.all(servers.map((one) => one.stop()))
    authority?.[Symbol.dispose]()
    await world?.[Symbol.asyncDispose]()
  })

  for (const protocol of ['openvpn', 'tor'] as const) {
    it(`${protocol} gets through where no rule stands`, async () => {
      await world.applyCensor([])
      const { argv, done } = clients()[protocol]
      const client = world.places.subscriber.start(protocol, argv)
      try {
        await waitUntil(protocol, async () => done.test(client.log()), { limit: LIMIT_MS, log: () => client.log() })
      } finally {
        await client.stop()
      }
    })

    it(`${protocol} is cut off by the rule for it, and the other is not`, async () => {
      await world.applyCensor([{ kind: 'tunnel', protocol, action: 'drop' }])
      const spared = protocol === 'tor' ? 'openvpn' : 'tor'
      const [cut, other] = [clients()[protocol], clients()[spared]]
      const { subscriber } = world.places
      const beside = subscriber.start(spared, other.argv)
      try {
        const [{ out, err }] = await Promise.all([
          subscriber.attempt(['timeout', String(LOOK_SECONDS), ...cut.argv]),
          waitUntil(spared, async () => other.done.test(beside.log()), { limit: LIMIT_MS, log: () => beside.log() }),
        ])
        assert.notEqual(`${out}${err}`, '')
        assert.doesNotMatch(`${out}${err}`, cut.done)
      } finally {
        await beside.stop()
      }
    })
  }
})
