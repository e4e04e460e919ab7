import type { Service } from '../model/tables/service.ts'
import { say } from './format.ts'
import type { Lang } from './lang.ts'

/** Tests of OONI's own that are about a messenger of tier A. */
const MESSENGER_TESTS = ['telegram', 'whatsapp', 'facebook_messenger', 'signal'] as const

interface Nettest {
  readonly test_name: string
  readonly inputs: readonly string[]
  readonly is_background_run_enabled: boolean
  readonly is_manual_run_enabled: boolean
}

/** A descriptor of OONI Run v2, for OONI's own app on a phone. */
export interface OoniRunDescriptor {
  readonly name: string
  readonly name_intl: Readonly<Record<Lang, string>>
  readonly short_description: string
  readonly short_description_intl: Readonly<Record<Lang, string>>
  readonly description: string
  readonly description_intl: Readonly<Record<Lang, string>>
  readonly icon: string
  readonly nettests: readonly Nettest[]
}

/**
 * The descriptor by which OONI's own app measures tier A: the pages of its services, and OONI's messenger tests. What it
 * finds goes to OONI and comes back through `kuager follow`. Source: OONI Run v2.
 */
export function ooniRunDescriptor(services: readonly Service[]): OoniRunDescriptor {
  const pages = services
    .filter(({ tier }) => tier === 'A')
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ host, use, checks }) => use === 'page' && checks !== undefined && !host.includes('*'))
    .map(({ host, port, path }) => `https://${host}${port === 443 ? '' : `:${port}`}${path}`)
  const test = (name: string, inputs: readonly string[]): Nettest => ({
    test_name: name,
    inputs,
    is_background_run_enabled: true,
    is_manual_run_enabled: true,
  })
  const inAll = (key: 'name' | 'short' | 'description'): Readonly<Record<Lang, string>> => ({
    kk: say('kk', `probe.ooni-run.${key}`),
    ru: say('ru', `probe.ooni-run.${key}`),
    en: say('en', `probe.ooni-run.${key}`),
  })
  return {
    name: inAll('name').en,
    name_intl: inAll('name'),
    short_description: inAll('short').en,
    short_description_intl: inAll('short'),
    description: inAll('description').en,
    description_intl: inAll('description'),
    icon: 'FaStethoscope',
    nettests: [test('web_connectivity', [...new Set(pages)]), ...MESSENGER_TESTS.map((name) => test(name, []))],
  }
}
