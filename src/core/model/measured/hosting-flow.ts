import type { Asn, Seconds } from '../units.ts'

/** What a control answers where a flow is asked for: the same random bytes for all. */
export const FLOW = { path: '/x-flow', bytes: 64 * 1024 } as const

/** One flow from a server of ours, on a connection of its own. */
export interface HostingFlow {
  /** Payload after the handshake that came. */
  readonly bytes: number
  /** `silent`: it began, and then nothing came until our own limit. `cut`: ended by either side. `none`: it never began. */
  readonly ended: 'whole' | 'silent' | 'cut' | 'none'
  /** Seconds without a byte before our own limit. */
  readonly silence: Seconds
}

/** Flows from one server of ours in one run, in the order of time. */
export interface HostingLook {
  /** Network of the server's address, by the table of a control; 0 if it is not known. */
  readonly asn: Asn
  readonly flows: readonly HostingFlow[]
  /** After the last silent flow a new connection was answered; absent if no flow was silent twice. */
  readonly opensAfterwards?: boolean
  /** The same flow came whole to another server of ours at that time; absent if it was not asked. */
  readonly comesAbroad?: boolean
}

/** Rounds of flows: one that stops once proves nothing. */
export const FLOW_ROUNDS = 2

/**
 * Payload after which flows were seen to stop without a word (12 to 32 KiB, of which a handshake takes two to six), and
 * seconds of silence that are no slowness.
 */
export const STOPS = { from: 6 * 1024, to: 32 * 1024, silence: 5 } as const

const isStopped = ({ ended, bytes, silence }: HostingFlow): boolean =>
  ended === 'silent' && bytes >= STOPS.from && bytes <= STOPS.to && silence >= STOPS.silence

const isFrozen = ({ flows, opensAfterwards, comesAbroad }: HostingLook): boolean =>
  flows.length >= FLOW_ROUNDS && flows.every(isStopped) && opensAfterwards === true && comesAbroad === true

const isWhole = ({ flows }: HostingLook): boolean =>
  flows.length >= FLOW_ROUNDS && flows.every(({ ended }) => ended === 'whole')

/** A network whose flows stop, one whose flows come whole, and the most payload that came of those that stopped. */
export interface FrozenNetwork {
  readonly asn: Asn
  readonly other: Asn
  readonly bytes: number
}

/**
 * Networks from which every flow of every server of ours stopped after some kilobytes, while flows from another network
 * came whole in the same rounds. Wrong when: docs/methods/judging.md, flows by hosting network.
 */
export function frozenNetworks(looks: readonly HostingLook[]): readonly FrozenNetwork[] {
  const networks = [...Map.groupBy(looks, ({ asn }) => asn)].filter(([asn]) => asn !== 0)
  const other = networks.find(([, own]) => own.every(isWhole))?.[0]
  if (other === undefined) return []
  return networks
    .filter(([, own]) => own.every(isFrozen))
    .map(([asn, own]) => ({
      asn,
      other,
      bytes: Math.max(...own.flatMap(({ flows }) => flows.map(({ bytes }) => bytes))),
    }))
}
