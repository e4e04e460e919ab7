import { createHmac } from 'node:crypto'
import { ownAddresses, readDefaultRoutes } from './machine.ts'

/** Interfaces whose coming and going says nothing of the line: containers and virtual machines. */
const IRRELEVANT = /^(?:veth|docker|br-|virbr|vmnet|vboxnet|lo\d*$)/
/** Of IPv6 only the network counts: the rest changes with privacy addresses. */
const NETWORK_GROUPS = 4

/**
 * A fingerprint of interfaces and routes, to tell whether the line changed during a run. Keyed with random bytes of the
 * run and kept in memory only: it names nothing and compares with nothing beyond the run.
 */
export function lineFingerprint(key: Uint8Array): string {
  const addresses = ownAddresses()
    .filter(({ name }) => !IRRELEVANT.test(name))
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(
      ({ name, address, family }) =>
        `${name} ${family === 4 ? address : address.split(':').slice(0, NETWORK_GROUPS).join(':')}`,
    )
  const routes = (readDefaultRoutes() ?? []).map(({ device, gateway }) => `${device} via ${gateway ?? ''}`)
  const text = [...new Set(addresses), '', ...routes].sort().join('\n')
  return createHmac('sha256', key).update(text).digest('hex')
}
