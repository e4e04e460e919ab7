import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Authority, EXPIRED, type KeyPair } from './certificates.ts'
import { Inspector } from './censor/inspector.ts'
import { applyCensor, type CensorTools } from './censor/apply.ts'
import type { CensorRule } from './censor/rules.ts'
import { applyChanges } from './changes.ts'
import type { WorldChange } from './change.ts'
import { OwnerTunnel } from './owner-tunnel.ts'
import { makeFolder, removePlaces, type Place } from './netns.ts'
import { missingForLab } from './needs.ts'
import { NETWORKS_CSV, OWN_HOSTS, planWorld, ADDRESSES, type Plan, type PlannedHost } from './plan.ts'
import { waitUntil, type Daemon } from './run-command.ts'
import { WebServer, type Site } from './servers/nginx.ts'
import { locationsOf, writePages, type OriginState } from './servers/pages.ts'
import { Resolver, type Lie } from './servers/resolver.ts'
import { assertClosed, layInternet, type Places } from './topology.ts'

/** Groups whose servers refuse a name they do not have, as many do; the others answer under any. */
const STRICT = new Set(['signal', 'tiktok'])

/** Certificates of the world, made once. */
export interface Certificates {
  /** The laboratory's authority, trusted by the probe and the control. */
  readonly authority: Authority
  /** Another authority, trusted by nobody. */
  readonly stranger: Authority
  readonly byGroup: ReadonlyMap<string, KeyPair>
  readonly edge: KeyPair
  readonly control: KeyPair
  readonly collector: KeyPair
}

/** Files that a program outside is started with. */
export interface WorldFiles {
  readonly roots: string
  readonly networks: string
  readonly services: string
  readonly controls: string
}

async function makeCertificates(folder: string, plan: Plan): Promise<Certificates> {
  const authority = await Authority.make(folder, 'lab-authority')
  const stranger = await Authority.make(folder, 'stranger-authority')
  const groups = Map.groupBy(plan.hosts, ({ group }) => group)
  const byGroup = new Map<string, KeyPair>()
  for (const [group, hosts] of groups)
    byGroup.set(
      group,
      await authority.sign(
        group,
        hosts.map(({ host }) => host),
      ),
    )
  return {
    authority,
    stranger,
    byGroup,
    edge: await authority.sign('edge', ['edge.platforms-lab.net']),
    control: await authority.sign('control', [
      ...[OWN_HOSTS.control, OWN_HOSTS.secondControl, ADDRESSES.control],
      ...[OWN_HOSTS.secondHosting, OWN_HOSTS.thirdHosting],
    ]),
    collector: await authority.sign('collector', [OWN_HOSTS.collector, ADDRESSES.collector]),
  }
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** A small internet that runs until it is disposed. */
export class World implements AsyncDisposable {
  readonly folder: string
  readonly plan: Plan
  readonly places: Places
  readonly files: WorldFiles
  readonly certificates: Certificates
  readonly tunnel: OwnerTunnel
  /** Certificates of origins in a state, by state and host; and the authority of services that have one of their own. */
  readonly #special = new Map<string, Promise<KeyPair>>()
  #ownAuthority: Promise<Authority> | undefined
  readonly #abroad: WebServer
  readonly #home: WebServer
  readonly #providers: readonly Resolver[]
  readonly #resolvers: readonly Resolver[]
  readonly #daemons: Daemon[] = []
  readonly #censor: CensorTools
  #origins: ReadonlyMap<string, OriginState> = new Map()
  #rotation: ReadonlyMap<string, Lie> = new Map()
  #lapsed: ReadonlyMap<string, Lie> = new Map()

  constructor(folder: string, parts: { plan: Plan; places: Places; certificates: Certificates }) {
    this.folder = folder
    this.plan = parts.plan
    this.places = parts.places
    this.certificates = parts.certificates
    this.files = {
      roots: parts.certificates.authority.certificate,
      networks: join(folder, 'networks.csv'),
      services: here('services.json'),
      controls: here('controls.json'),
    }
    const { abroad, upstream, isp } = parts.places
    this.tunnel = new OwnerTunnel(parts.places, folder)
    this.#abroad = new WebServer(abroad, join(folder, 'abroad'))
    this.#home = new WebServer(upstream, join(folder, 'home'))
    const forwarded = { names: parts.plan.controls.whoami.map(({ host }) => host), to: ADDRESSES.whoami }
    const resolver = (place: Place, address: string): Resolver => new Resolver(place, folder, address, forwarded)
    this.#providers = [resolver(upstream, ADDRESSES.resolverOne), resolver(upstream, ADDRESSES.redirectOne)]
    this.#resolvers = [
      resolver(upstream, ADDRESSES.resolverTwo),
      resolver(abroad, '20.40.3.53'),
      resolver(abroad, '20.40.5.53'),
    ]
    this.#censor = {
      plan: parts.plan,
      isp,
      inspector: new Inspector(isp),
      interceptor: new WebServer(isp, join(folder, 'isp')),
      stranger: parts.certificates.stranger,
      edge: parts.certificates.edge,
      lie: async (lies) => {
        const all = new Map([...this.#rotation, ...this.#lapsed, ...lies])
        await Promise.all(this.#providers.map((one) => one.serve(this.#named, all)))
      },
    }
  }

  /** Names of the world with those of the measuring side. */
  get #named(): readonly PlannedHost[] {
    const own = (host: string, v4: string, v6: readonly string[]): PlannedHost => ({
      ...{ host, group: host, place: 'abroad', v4: [v4], v6, other: [] },
    })
    return [
      ...this.plan.hosts,
      own(OWN_HOSTS.control, ADDRESSES.control, ['2a0e:2050:1::10']),
      own(OWN_HOSTS.secondControl, ADDRESSES.control, []),
      own(OWN_HOSTS.secondHosting, ADDRESSES.secondHosting, []),
      own(OWN_HOSTS.thirdHosting, ADDRESSES.thirdHosting, []),
      own(OWN_HOSTS.collector, ADDRESSES.collector, []),
    ]
  }

  /** Starts the servers; settles when all of them answer. */
  async start(): Promise<void> {
    const { abroad } = this.places
    await writeFile(this.files.networks, NETWORKS_CSV)
    await writePages(
      join(this.folder, 'pages'),
      this.plan.hosts.map(({ host }) => host),
    )
    this.#daemons.push(
      abroad.start('DNS over HTTPS', [process.execPath, here('servers/doh-relay.ts'), '20.40.3.53']),
      await this.#startClock(),
      abroad.start('whoami', [process.execPath, here('servers/whoami.ts'), ADDRESSES.whoami]),
      this.places.gateway.start('resolver in the home', [
        ...[process.execPath, here('servers/home-resolver.ts')],
        ...[ADDRESSES.gatewayInside, ADDRESSES.resolverOne],
      ]),
      this.places.gateway.start('sign-in page', [process.execPath, here('servers/sign-in.ts')]),
    )
    await Promise.all([
      this.#serve(this.#abroad, 'abroad'),
      this.#serve(this.#home, 'home'),
      ...[...this.#providers, ...this.#resolvers].map((one) => one.serve(this.#named)),
    ])
    const relay = this.#daemons[0]
    await waitUntil('DNS over HTTPS', () => Promise.resolve(relay?.log().includes('ready') === true))
  }

  async #startClock(): Promise<Daemon> {
    const file = join(this.folder, 'chrony.conf')
    // A file of its own: chronyd removes what stands at this path when it ends.
    const own = join(this.folder, 'chrony.pid')
    await writeFile(file, `local stratum 2\nallow all\ncmdport 0\nport 123\npidfile ${own}\n`)
    return this.places.abroad.start('chronyd', ['chronyd', '-d', '-x', '-u', 'root', '-f', file])
  }

  async #site(planned: PlannedHost): Promise<Site> {
    const { host, group, v4, v6, other } = planned
    const state = this.#origins.get(host) ?? 'usual'
    return {
      host,
      addresses: [...v4, ...v6, ...other],
      pair: await this.#pairOf(planned, state),
      locations: locationsOf(host, join(this.folder, 'pages'), state),
      strict: STRICT.has(group),
      quic: true,
    }
  }

  #pairOf({ host, group }: PlannedHost, state: OriginState): Promise<KeyPair> {
    const { authority, byGroup, edge } = this.certificates
    const usual = byGroup.get(group) ?? edge
    switch (state) {
      case 'wrong-certificate':
        return Promise.resolve(edge)
      case 'expired-certificate':
        return this.#specialPair(`expired-${host}`, (file) => authority.sign(file, [host], EXPIRED))
      case 'own-authority':
        return this.#specialPair(`own-${host}`, async (file) => {
          this.#ownAuthority ??= Authority.make(this.folder, 'own-authority')
          return (await this.#ownAuthority).sign(file, [host])
        })
      default:
        return Promise.resolve(usual)
    }
  }

  #specialPair(file: string, sign: (file: string) => Promise<KeyPair>): Promise<KeyPair> {
    const pair = this.#special.get(file) ?? sign(file)
    this.#special.set(file, pair)
    return pair
  }

  async #serve(server: WebServer, place: PlannedHost['place']): Promise<void> {
    const hosts = this.plan.hosts.filter((one) => one.place === place)
    await server.serve({
      sites: await Promise.all(hosts.map((one) => this.#site(one))),
      edge: this.certificates.edge,
    })
  }

  /** Puts origins in a state other than the usual; every origin not named is as usual again. */
  async setOrigins(states: ReadonlyMap<string, OriginState>): Promise<void> {
    if (states.size === 0 && this.#origins.size === 0) return
    this.#origins = states
    await this.#serve(this.#abroad, 'abroad')
  }

  /** Puts a censor in force in place of any before. No rules: none. */
  async applyCensor(rules: readonly CensorRule[]): Promise<void> {
    await applyCensor(rules, this.#censor)
  }

  /** Changes the world in place of any change before. No changes: as usual. Call before `applyCensor`. */
  async applyChanges(changes: readonly WorldChange[]): Promise<void> {
    await applyChanges(this, changes)
  }

  /** Other addresses that the line's resolver gives from the next `applyCensor` on. */
  setRotation(rotation: ReadonlyMap<string, Lie>): void {
    this.#rotation = rotation
  }

  /** Names that no resolver knows; the line's from the next `applyCensor` on. */
  async setLapsed(hosts: readonly string[]): Promise<void> {
    this.#lapsed = new Map(hosts.map((host): [string, Lie] => [host, { kind: 'nxdomain' }]))
    await Promise.all(this.#resolvers.map((one) => one.serve(this.#named, this.#lapsed)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whatever a program makes of being stopped, the places go, and everything in them.
    await Promise.allSettled([
      this.#censor.inspector.stop(),
      this.tunnel.stop(),
      ...this.#daemons.map((one) => one.stop()),
      ...[...this.#providers, ...this.#resolvers].map((one) => one.stop()),
      ...[this.#abroad, this.#home, this.#censor.interceptor].map((one) => one.stop()),
    ])
    await removePlaces(process.pid)
  }
}

/**
 * Opens a world. What an earlier, killed run has left is removed first; dispose it to leave nothing.
 * Throws where something is missing (`missingForLab` says what) or a server does not start.
 */
export async function openWorld(): Promise<World> {
  const missing = missingForLab()
  if (missing.length > 0) throw new Error(`Cannot open the laboratory: ${missing.join('; ')}`)
  await removePlaces(process.pid)
  const folder = await makeFolder()
  try {
    const plan = planWorld()
    const [certificates, places] = await Promise.all([makeCertificates(folder, plan), layInternet(folder)])
    await assertClosed(places)
    const world = new World(folder, { plan, places, certificates })
    await world.start()
    await world.applyChanges([])
    await world.applyCensor([])
    return world
  } catch (error) {
    await removePlaces(process.pid)
    throw error
  }
}
