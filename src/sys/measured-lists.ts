import { basename, join } from 'node:path'
import { controlsSchema, type Controls } from '../model/controls.ts'
import { InputError } from '../model/errors.ts'
import { servicesSchema, type Service } from '../model/service.ts'
import { faultOfList, withOwnTiers } from '../model/service-guard.ts'
import { isNeverHost, type Never } from '../model/test-list.ts'
import { PACKAGE_ROOT } from './package-root.ts'
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
 * Innocent names, canaries, resolvers, clocks, by default data/controls.json. Throws InputError with file and path, also
 * where a name among them is never measured.
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
  if (barred === undefined) return controls
  throw new InputError(`Cannot use controls: "${barred}" is on the list of what is never measured`, {
    code: 'controls.refused',
    path: basename(file),
    expected: 'controls without it',
  })
}
