import { formatOwnLink } from '../../core/evidence/own-results/own-link.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatAsn, type Instant } from '../../core/model/units.ts'
import { ProbeKeys } from '../identity/keys.ts'
import { monthOf } from '../identity/month.ts'
import type { ProbeSettings } from '../plan/settings.ts'
import { Receipts } from './receipts.ts'

/** A link to what one key of this month measured, at the observatory that it measures for. */
export interface OwnResults {
  /** `AS9198`. */
  readonly network: string
  readonly href: string
}

/**
 * Links to the measurements of the keys of this month, one for each network: a link of two keys would say that home and
 * work are one person. None for a key without a receipt, and none where no observatory was
 * joined and no collector is set, which is taken for the site then.
 */
export async function ownResults(
  folder: string,
  { lang, now, settings }: { readonly lang: Lang; readonly now: Instant; readonly settings: ProbeSettings },
): Promise<readonly OwnResults[]> {
  const origin = URL.parse(settings.joined?.observatory ?? settings.collector?.[0] ?? '')?.origin
  if (origin === undefined || origin === 'null') return []
  const keys = new ProbeKeys(folder)
  const month = monthOf(now)
  const receipts = Map.groupBy(await new Receipts(folder).list(), ({ probe }) => probe)
  const links: OwnResults[] = []
  for (const { asn } of (await keys.list()).filter((one) => one.month === month)) {
    const pseudonym = (await keys.stored(asn, month))?.pseudonym
    const own = pseudonym === undefined ? undefined : receipts.get(pseudonym)
    if (pseudonym === undefined || own === undefined) continue
    const fragment = formatOwnLink({ month, pseudonym, places: own.map(({ leaf }) => leaf) })
    links.push({ network: formatAsn(asn), href: `${origin}/${lang}/mine#${fragment}` })
  }
  return links
}
