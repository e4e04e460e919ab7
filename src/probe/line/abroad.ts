import { isBogon } from '../../core/model/address.ts'
import { mayBeFiltered, LOOKS_ABROAD, type AbroadLook } from '../../core/model/measured/abroad-look.ts'
import type { Canary, Controls } from '../../core/model/tables/controls.ts'
import { millis } from '../../core/model/units.ts'
import { resolveSystem } from '../../net/dns/resolve-system.ts'
import { resolveUdp } from '../../net/dns/resolve-udp.ts'
import { connectTcp } from '../../net/tcp/connect.ts'
import { handshakeTls } from '../../net/tls/tls.ts'
import type { NetTools } from '../../net/tools.ts'
import { pause } from '../measure/pause.ts'
import { addressesOf, type CanaryAddresses } from './canaries.ts'

/** No machine has it: a connection that it answers was answered by something near. RFC 5737. */
const UNOWNED = { address: '192.0.2.1', port: 443 } as const
/** Time between two looks: a link that comes and goes has come back, or is gone in both. */
const BETWEEN = millis(10_000)

/** What is known of the line before it is asked what it reaches abroad. */
export interface AbroadOptions {
  readonly controls: Controls
  readonly addresses: CanaryAddresses
  /** A page in cleartext whose whole answer is known came in this run. */
  readonly pageCame: boolean
  /** Addresses of a test on the own machine count as public ones. */
  readonly dialsPrivate: boolean
}

/** Asks what the line reaches at home and abroad, and asks again later if only home was reached. */
export async function looksAbroad(options: AbroadOptions, tools: NetTools): Promise<readonly AbroadLook[]> {
  const looks: AbroadLook[] = []
  while (looks.length < LOOKS_ABROAD && mayBeFiltered(looks)) {
    if (looks.length > 0) await pause(BETWEEN, tools.signal)
    looks.push(await lookOnce(options, tools))
  }
  return looks
}

async function lookOnce(options: AbroadOptions, tools: NetTools): Promise<AbroadLook> {
  const { controls, pageCame } = options
  const [reached, resolvers, unowned] = await Promise.all([
    Promise.all(controls.canaries.map(async (canary) => ({ canary, ...(await reach(canary, options, tools)) }))),
    askResolvers(options, tools),
    connectTcp(UNOWNED, tools),
  ])
  unowned.socket?.destroy()
  const at = (place: Canary['place']): typeof reached =>
    reached.filter(({ canary, tried }) => canary.place === place && tried)
  const passed = (those: typeof reached): number => those.filter((one) => one.passed).length
  const [home, abroad] = [at('domestic'), at('abroad')]
  return {
    home: { tried: home.length, passed: passed(home) },
    abroad: {
      tried: abroad.length,
      connected: abroad.filter(({ connected }) => connected).length,
      passed: passed(abroad),
    },
    resolvers,
    answersUnowned: unowned.outcome.failure === undefined,
    pageCame,
  }
}

interface Reached {
  /** An address of the name is known; without one nothing was tried. */
  readonly tried: boolean
  readonly connected: boolean
  readonly passed: boolean
}

/** One handshake over each family that the name has; any answer of TLS passes. */
async function reach(canary: Canary, { addresses }: AbroadOptions, tools: NetTools): Promise<Reached> {
  const found = await addressesOf(canary, addresses, tools)
  const places = ([4, 6] as const).flatMap((family) => found.find((one) => one.family === family) ?? [])
  const outcomes = await Promise.all(places.map(({ address }) => shake(canary, address, tools)))
  return {
    tried: outcomes.length > 0,
    connected: outcomes.some(({ connected }) => connected),
    passed: outcomes.some(({ passed }) => passed),
  }
}

async function shake(
  { host, port }: Canary,
  address: string,
  tools: NetTools,
): Promise<{ readonly connected: boolean; readonly passed: boolean }> {
  // The small hello is one packet: a path that loses large ones carries it.
  const { connect, outcome, socket, wire } = await handshakeTls(
    { address, port },
    { serverName: host, verify: false, hello: 'small' },
    tools,
  )
  socket?.destroy()
  wire?.destroy()
  return { connected: connect.failure === undefined, passed: outcome?.answered === true }
}

/** Whether a handshake with a drawn site abroad is answered; a core run asks no more of them as long as it is. */
export async function answersAbroad(
  { controls, addresses, draw }: Pick<AbroadOptions, 'controls' | 'addresses'> & { readonly draw: number },
  tools: NetTools,
): Promise<boolean> {
  const abroad = controls.canaries.filter(({ place }) => place === 'abroad')
  const canary = abroad[draw % Math.max(1, abroad.length)]
  if (canary === undefined) return true
  const found = await addressesOf(canary, addresses, tools)
  const place = found.find(({ family }) => family === 4) ?? found[0]
  return place !== undefined && (await shake(canary, place.address, tools)).passed
}

/**
 * Public resolvers, by packets, for a name whose address is that of the resolver that asks: two resolvers of different
 * owners ask from two places. A provider that answers in their place asks from one, or from where its own resolver does.
 * Wrong when: it does so from several.
 */
async function askResolvers(
  { controls: { udpResolvers, whoami }, dialsPrivate }: AbroadOptions,
  tools: NetTools,
): Promise<AbroadLook['resolvers']> {
  const name = whoami[0]?.host
  if (name === undefined) return { tried: 0, passed: 0 }
  const own = (await resolveSystem(name, tools)).answer?.answers ?? []
  const blocks = new Set(own.map(({ address }) => blockOf(address)))
  const answers = await Promise.all(
    udpResolvers.map(async (resolver) => {
      const { answer, failure } = await resolveUdp({ name, queryType: 'A', resolver }, tools, {
        listenFor: millis(0),
      })
      return failure === undefined ? (answer?.answers ?? []) : []
    }),
  )
  const asking = answers
    .flat()
    .filter(({ address }) => dialsPrivate || !isBogon(address))
    .map(({ address }) => blockOf(address))
  const elsewhere = new Set(asking.filter((block) => !blocks.has(block)))
  return { tried: udpResolvers.length, passed: Math.min(elsewhere.size, udpResolvers.length) }
}

const blockOf = (address: string): string => address.split('.').slice(0, 3).join('.')
