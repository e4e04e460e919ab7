import { randomBytes } from 'node:crypto'
import type { World } from '../../../runtime/world.ts'
import { InputError } from '../../../core/model/errors.ts'
import { parseResponders } from '../../../core/model/tables/responders.ts'
import type { Service, Tier } from '../../../core/model/tables/service.ts'
import { parseAsn, parseCountryCode } from '../../../core/model/units.ts'
import { collectorService } from '../../../probe/deliver/collector-service.ts'
import { loadDeliveryState } from '../../../probe/deliver/delivery-state.ts'
import { listServices } from '../../../probe/plan/list-services.ts'
import type { RunSettings } from '../../../probe/measure/contract.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { loadControls, loadServices } from '../../../runtime/tables/measured-lists.ts'
import { loadTestLists } from '../../../runtime/tables/test-lists.ts'
import { printable } from '../../../core/text/printable.ts'
import { readNamed } from '../options.ts'
import type { Asked } from '../options.ts'

/** Bytes that each half of a throughput pair moves at most. */
const TRANSFER_BYTES = 256 * 1024

/** Services that could be measured: the bundled or named list, then the test lists that the owner added. */
export function knownServices({ settings }: Pick<Asked, 'settings'>): readonly Service[] {
  const services = loadServices(settings.serviceList)
  const day = new Date(systemClock.now()).toISOString().slice(0, 10)
  return [...services, ...listServices(loadTestLists(settings.list ?? []), services, day)]
}

/** PEM certificates that the owner of a test lab trusts in addition to Mozilla's. */
export function extraRoots({ settings }: Pick<Asked, 'settings'>): readonly string[] {
  if (settings.extraRoots === undefined) return []
  const text = readNamed(settings.extraRoots, 'extra-roots')
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
}

interface RunChoice {
  readonly tiers: readonly Tier[]
  readonly scope: 'core' | 'full'
  readonly kind: RunSettings['kind']
  readonly services: readonly Service[]
}

/**
 * Settings of one run. Where the last delivery found no collector, the collectors are measured too: whether they can be
 * reached is a measurement itself. With routes of which none is direct, the network of the connection has to come from a control
 * or `--asn`.
 */
export async function runSettings(asked: Asked, choice: RunChoice, world: World): Promise<RunSettings> {
  const { settings, folder } = asked
  const collectors = settings.collector ?? []
  const { unreachable } = await loadDeliveryState(folder)
  const day = new Date(systemClock.now()).toISOString().slice(0, 10)
  // No route but those given is used: where none is direct, the line itself never speaks to a collector.
  const isDirect = (settings.route ?? ['direct']).includes('direct')
  const own = unreachable && isDirect ? collectorService(collectors, day) : undefined
  const wanted = chooseServices(choice.services, asked.services)
  return {
    services: own === undefined ? wanted : [...wanted, own],
    controls: loadControls(settings.controls),
    tiers: new Set(choice.tiers),
    scope: choice.scope,
    kind: choice.kind,
    controlUrls: settings.control ?? [],
    collectorUrls: asked.submit && isDirect ? collectors : [],
    extraRoots: extraRoots(asked),
    transferBytes: TRANSFER_BYTES,
    proxied: isProxied(world),
    ...(settings.responders === undefined
      ? {}
      : { responders: parseResponders(readNamed(settings.responders, 'responders')) }),
    ...(settings.asn === undefined
      ? {}
      : {
          network: {
            asn: parseAsn(settings.asn),
            country: parseCountryCode(settings.country ?? 'ZZ'),
            name: '',
            from: 'option',
          },
        }),
  }
}

function chooseServices(services: readonly Service[], ids: readonly string[] | undefined): readonly Service[] {
  if (ids === undefined) return services
  const unknown = ids.find((id) => !services.some((service) => service.id === id))
  if (unknown !== undefined)
    throw new InputError(`Cannot measure "${printable(unknown)}": no such service`, {
      code: 'service.unknown',
      path: '--services',
      expected: services.map(({ id }) => id).join(', '),
    })
  return services.filter(({ id }) => ids.includes(id))
}

const isProxied = ({ env }: World): boolean =>
  ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].some(
    (name) => (env[name] ?? '') !== '',
  )

/** Random bytes of the system. */
export const random = (length: number): Uint8Array => randomBytes(length)
