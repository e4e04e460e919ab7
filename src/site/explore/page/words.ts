import { formatAsn, instant, type Asn, type Instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import { formatDate, formatDateTime, formatPeriod } from '../../../core/text/time.ts'
import type { ExploreAsked } from '../choice.ts'
import type { ExploreLine, ExplorePanel, ExploreSeries } from '../view.ts'

/** What was counted in one period. */
export interface ExplorePeriodView {
  readonly first: Instant
  readonly last: Instant
  readonly bins: readonly number[]
  readonly panels: readonly ExplorePanel[]
  readonly measurements: number
}

export interface ExploreView {
  readonly asked: ExploreAsked
  /** Hours were asked for, and are too many. */
  readonly isCoarser: boolean
  /** Chosen days, and those next to them. */
  readonly periods: readonly ExplorePeriodView[]
  /** What may be chosen. */
  readonly services: readonly { readonly id: string; readonly name: string }[]
  readonly networks: readonly { readonly asn: Asn; readonly name: string }[]
  /** Days with data, where the chosen ones have none. */
  readonly known?: { readonly first: Instant; readonly last: Instant }
  readonly simulated: boolean
}

/** Name of a service. */
export const serviceText = ({ services }: ExploreView, id: string): string =>
  services.find((one) => one.id === id)?.name ?? id.replace(/^(?:web|test):/, '')

/** Name of a network, else its number. */
export const networkLabelOf = ({ networks }: ExploreView, asn: Asn): string => {
  const name = networks.find((one) => one.asn === asn)?.name ?? ''
  return name === '' ? formatAsn(asn) : name
}

/** A service on a network, in words. */
export const seriesName = (lang: Lang, view: ExploreView, { service, asn }: ExploreSeries): string =>
  `${serviceText(view, service)}, ${asn === undefined ? say(lang, 'explore.all-networks') : networkLabelOf(view, asn)}`

/** What a line is of, in words. */
export function lineName(lang: Lang, view: ExploreView, { key }: ExploreLine): string {
  const { value } = view.asked
  if (value === 'mechanism') return say(lang, `mechanism.${key}` as 'mechanism.dns.forged')
  if (value === 'layer') return say(lang, `layer.${key}` as 'layer.dns')
  const [service = '', asn = ''] = key.split(' ')
  const of = view.asked.networks.find((one) => String(one) === asn)
  return seriesName(lang, view, { service, ...(of === undefined ? {} : { asn: of }) })
}

/** A share or a ratio in words. */
export const valueText = (lang: Lang, view: ExploreView, value: number): string =>
  view.asked.value === 'speed'
    ? `×${formatNumber(lang, value, 1)}`
    : say(lang, 'edition.percent', { value: formatNumber(lang, value * 100) })

/** A bin in words: its hour, day, week, or hour of the week. */
export function binText(lang: Lang, view: ExploreView, bin: number): string {
  const { by } = view.asked
  if (by === 'clock') {
    const hour = String(bin % 24).padStart(2, '0')
    return `${weekdayText(lang, Math.floor(bin / 24))} ${hour}:00`
  }
  if (by === 'hour') return formatDateTime(lang, instant(bin))
  return by === 'day'
    ? formatDate(lang, instant(bin))
    : formatPeriod(lang, instant(bin), instant(bin + 6.5 * 86_400_000))
}

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const
export const weekdayText = (lang: Lang, index: number): string => say(lang, `explore.weekday.${WEEKDAYS[index] ?? 1}`)
