import { formatAsn, type Asn, type Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { lastDays } from '../query.ts'
import { urls } from '../urls.ts'
import type { NamedPage } from './crumbs.ts'

/** What a page is about: a service, a network, or one on the other. */
interface PageAbout {
  readonly service?: { readonly id: string; readonly name: string }
  readonly network?: { readonly asn: Asn; readonly name: string | undefined }
  /** The last minute that it speaks of. */
  readonly at: Instant
  /** Address of the page itself, which is left out. */
  readonly self: string
}

/** Days that the explorer opens with. */
const EXPLORED_DAYS = 30

/** Pages about the same service or network: what an end of a page leads to. */
export function relatedPages(lang: Lang, { service, network, at, self }: PageAbout): readonly NamedPage[] {
  const named =
    network === undefined || network.asn === 0
      ? undefined
      : { ...network, name: network.name ?? formatAsn(network.asn) }
  const pages: readonly NamedPage[] = [
    ...(service === undefined ? [] : [{ href: urls.service(lang, service.id), text: service.name }]),
    ...(named === undefined ? [] : [{ href: urls.network(lang, named.asn), text: named.name }]),
    ...(service === undefined || named === undefined
      ? []
      : [{ href: urls.series(lang, service.id, named.asn), text: `${service.name}, ${named.name}` }]),
    {
      href: urls.incidents(
        lang,
        service === undefined
          ? named === undefined
            ? {}
            : { network: formatAsn(named.asn) }
          : { service: service.id },
      ),
      text: [say(lang, 'menu.incidents'), (service ?? named)?.name ?? ''].filter((text) => text !== '').join(': '),
    },
    ...(service === undefined
      ? []
      : [
          {
            href: urls.explore(lang, {
              services: [service.id],
              networks: named === undefined ? [] : [named.asn],
              days: lastDays(at, EXPLORED_DAYS).days,
              ...({ by: 'day', value: 'failed', chart: 'line' } as const),
            }),
            text: `${say(lang, 'menu.explore')}: ${service.name}`,
          },
        ]),
    { href: urls.map(lang, service === undefined ? {} : { service }), text: say(lang, 'menu.map') },
    { href: urls.matrix(lang), text: say(lang, 'first.matrix') },
    { href: urls.plain(lang, 'method'), text: say(lang, 'menu.method') },
  ]
  return pages.filter(({ href }) => href !== self)
}
