import { basename, join } from 'node:path'
import { crowdCanariesSchema, type CanaryFault, type CrowdCanary } from '../../core/model/tables/canaries.ts'
import { controlsSchema, type Controls, type Hosting } from '../../core/model/tables/controls.ts'
import { InputError } from '../../core/model/errors.ts'
import { servicesSchema, type Service } from '../../core/model/tables/service.ts'
import { faultOfList, withOwnTiers } from '../../core/model/tables/service-guard.ts'
import { providersSchema, type Provider } from '../../core/model/tables/tables.ts'
import { isNeverHost, type Never } from '../../core/model/tables/test-list.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'
import { readTable } from './table-file.ts'
import { loadNever } from './test-lists.ts'

const bundled = (name: string): string => join(PACKAGE_ROOT, 'data', name)

const read = (file: string): readonly Service[] =>
  readTable(file, servicesSchema, {
    what: 'services',
    code: 'services.invalid',
    form: 'the form of docs/formats/measured-lists.md',
  }).services

/**
 * Services with their endpoints, by default data/services.json. Another list gives no host less consent than that one
 * asks for it. Throws InputError with file and path, also for a list that holds what is never measured.
 */
export function loadServices(file?: string, never: Never = loadNever()): readonly Service[] {
  const own = read(bundled('services.json'))
  const services = file === undefined ? own : withOwnTiers(read(file), own)
  const fault = faultOfList(services, never)
  if (fault === undefined) return services
  const found =
    fault.why === 'never'
      ? `its host "${fault.host}" is on the list of what is never measured`
      : `"${fault.host}" is measured by a protocol of tunnels outside of tier C`
  throw new InputError(`Cannot measure service "${fault.service}": ${found}`, {
    code: 'services.refused',
    path: file === undefined ? 'data/services.json' : basename(file),
    expected: 'a list without it',
  })
}

/**
 * Control names, canaries, resolvers, clocks, by default data/controls.json. Throws InputError with file and path, also
 * where a name among them is never measured. Blocks of data/providers.json are added to its own table of hosting.
 */
export function loadControls(file: string = bundled('controls.json'), never: Never = loadNever()): Controls {
  const controls = readTable(file, controlsSchema, {
    what: 'controls',
    code: 'controls.invalid',
    form: 'the form of docs/formats/measured-lists.md',
  })
  const named = [...controls.innocent, ...controls.canaries, ...controls.clocks].map(({ host }) => host)
  const urls = [...controls.portals, ...controls.resolvers].map(({ url }) => new URL(url).hostname)
  const barred = [...named, ...urls].find((host) => isNeverHost(host, never))
  if (barred === undefined) return { ...controls, hosting: withProviders(controls.hosting) }
  throw new InputError(`Cannot use controls: "${barred}" is on the list of what is never measured`, {
    code: 'controls.refused',
    path: basename(file),
    expected: 'controls without it',
  })
}

/** Providers with their networks and blocks: data/providers.json. Throws InputError with the place in it. */
export const loadProviders = (): readonly Provider[] =>
  readTable(bundled('providers.json'), providersSchema, {
    what: 'providers',
    code: 'providers.invalid',
    form: 'its own form',
  }).providers

/** The table of hosting with the blocks of data/providers.json, and a row for each provider that has none in it. */
function withProviders(hosting: readonly Hosting[]): Hosting[] {
  const providers = loadProviders()
  const blocksOf = new Map(providers.map(({ id, blocks }) => [id, blocks]))
  const listed = new Set(hosting.map(({ provider }) => provider))
  return [
    ...hosting.map((row) => ({ ...row, blocks: [...row.blocks, ...(blocksOf.get(row.provider) ?? [])] })),
    ...providers
      .filter(({ id }) => !listed.has(id))
      .map(({ id, blocks, source, checked_at }) => ({
        ...{ provider: id, blocks, source, checked_at },
        ...{ domains: [], embedded: false, quic: false },
      })),
  ]
}

/**
 * What pages contact in a check, by default data/canaries.json. Throws InputError with file and service for one whose
 * service is not of tier A, whose host is none of its service's, or that is never measured.
 */
export function loadCrowdCanaries(
  file: string = bundled('canaries.json'),
  {
    services = loadServices(),
    never = loadNever(),
  }: { readonly services?: readonly Service[]; readonly never?: Never } = {},
): readonly CrowdCanary[] {
  const { canaries } = readTable(file, crowdCanariesSchema, {
    what: 'canaries',
    code: 'canaries.invalid',
    form: 'the form of docs/formats/crowd-check.md',
  })
  const fault = faultOfCanaries(canaries, services, never)
  if (fault === undefined) return canaries
  throw new InputError(`Cannot use canary of "${fault.service}": ${WHY[fault.why]}`, {
    code: 'canaries.refused',
    path: `${basename(file)}/${fault.service}`,
    expected: 'one canary for each service of tier A, on a host of its pages',
  })
}

const WHY: Readonly<Record<CanaryFault['why'], string>> = {
  twice: 'it stands there twice',
  unknown: 'no service has this id',
  tier: 'the service is not of tier A: the person who checks has given no consent to it',
  host: 'its host is none of the pages of the service',
  never: 'its host is on the list of what is never measured',
}

function faultOfCanaries(
  canaries: readonly CrowdCanary[],
  services: readonly Service[],
  never: Never,
): CanaryFault | undefined {
  const seen = new Set<string>()
  for (const { service: id, document } of canaries) {
    const service = services.find((one) => one.id === id)
    const host = new URL(document).hostname
    if (seen.has(id)) return { why: 'twice', service: id }
    if (service === undefined) return { why: 'unknown', service: id }
    if (service.tier !== 'A') return { why: 'tier', service: id }
    if (isNeverHost(host, never)) return { why: 'never', service: id, host }
    if (!service.endpoints.some((one) => one.use === 'page' && one.host === host))
      return { why: 'host', service: id, host }
    seen.add(id)
  }
  return undefined
}
