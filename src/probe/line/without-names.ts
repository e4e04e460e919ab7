import { isBogon } from '../../core/model/address.ts'
import { millis } from '../../core/model/units.ts'
import { connectTcp } from '../../net/tcp/connect.ts'
import { resolveUdp } from '../../net/dns/resolve-udp.ts'
import type { NetTools } from '../../net/tools.ts'
import type { RunSettings } from '../measure/contract.ts'

/** A name that has had addresses for decades. RFC 2606. */
const KNOWN_NAME = 'example.com'

/**
 * Whether anything far away answers that needs no name: a resolver by packets, an address by a connection. Of the
 * resolver only a public address counts: a router that intercepts questions to any resolver says of every name, also
 * while its uplink is dead, that there is none, or gives its own address.
 */
export async function answersWithoutNames(
  { controls: { udpResolvers, resolvers }, dialsPrivate }: Pick<RunSettings, 'controls' | 'dialsPrivate'>,
  tools: NetTools,
): Promise<boolean> {
  const asked = await Promise.all([
    ...udpResolvers.map(async (resolver) => {
      const question = { name: KNOWN_NAME, queryType: 'A', resolver } as const
      const { answer, failure } = await resolveUdp(question, tools, { listenFor: millis(0) })
      const found = failure === undefined ? (answer?.answers ?? []) : []
      return found.some(({ address }) => dialsPrivate === true || !isBogon(address))
    }),
    ...resolvers.map(async ({ address, url }) => {
      const { outcome, socket } = await connectTcp({ address, port: Number(new URL(url).port || 443) }, tools)
      socket?.destroy()
      return outcome.failure === undefined
    }),
  ])
  return asked.includes(true)
}
