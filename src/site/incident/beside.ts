import { defined } from '../../core/model/defined.ts'
import { anchor, lastKnown } from '../../core/model/incident/bounds.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { OoniCount, OthersPart, OthersRecord, OutageSource } from '../../core/model/tables/others.ts'
import type { Order } from '../../core/model/tables/record.ts'
import { instant, type Asn } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { ActEntry, OutageEntry, OoniEntry, OthersView } from './page/shown.ts'

// What is shown next to an incident and is never in its weight: acts of the record, and what others measured.

/** Acts that name the service, by its id, its name or its host; newest first. */
export const actsAbout = (
  lang: Lang,
  { service, name }: { readonly service: string; readonly name: string },
  orders: readonly Order[],
): readonly ActEntry[] => {
  const names = new Set([service, service.replace(/^web:/, ''), name.toLowerCase()])
  return orders
    .filter(({ scope }) => scope.some((one) => names.has(one.toLowerCase())))
    .toSorted((a, b) => ((b.at ?? '') < (a.at ?? '') ? -1 : 1))
    .map(({ title, number, requestedOn, answeredOn, answer, source }) => ({
      title: title[lang],
      checked: source.checked,
      ...defined({ number, requested: requestedOn, answered: answeredOn, answer: answer?.[lang] }),
    }))
}

/** What others measured at the time of an incident; simulated and real ones are never mixed on one page. */
export function othersAround(incident: Incident, others: OthersRecord | undefined): OthersView {
  const [first, last] = [anchor(incident), lastKnown(incident)]
  if (others === undefined || first === undefined || others.simulated !== incident.simulated)
    return { ooni: [], ioda: [], radar: [] }
  const span = { from: first, until: instant(Math.max(first, last ?? first) + 1) }
  const near = others.parts.filter((part) => covers(part, incident, span))
  const outages = (by: OutageSource): readonly OutageEntry[] =>
    near.flatMap((part) => (part.kind === 'outages' && part.by === by ? [outageEntry(part, incident, span)] : []))
  return {
    ooni: near.flatMap((part) => (part.kind === 'ooni' ? [ooniEntry(part, incident, span)] : [])),
    ioda: outages('ioda'),
    radar: outages('radar'),
  }
}

interface Span {
  readonly from: number
  readonly until: number
}

const overlaps = (a: Span, b: Span): boolean => a.from < b.until && b.from < a.until

/** Whether the person who fetched the file asked about this time, service and network. */
const covers = (part: OthersPart, { service, asn }: Incident, span: Span): boolean =>
  overlaps(part, span) &&
  (part.onlyAsn === undefined || part.onlyAsn === asn) &&
  (part.kind === 'outages' || part.onlyService === undefined || part.onlyService === service)

const sourceOf = ({ title, url, retrieved, at, sha256, setAside }: OthersPart): OoniEntry['source'] => ({
  title,
  retrieved,
  ...defined({ url, at, sha256, setAside }),
})

function ooniEntry(part: OthersPart & { readonly kind: 'ooni' }, incident: Incident, span: Span): OoniEntry {
  const about = part.counts.filter((one) => one.service === incident.service && overlaps(one, span))
  const own = about.filter(({ asn }) => asn === incident.asn)
  const together = about.filter(({ asn }) => asn === undefined)
  const rest = about.filter(({ asn }) => asn !== undefined && asn !== incident.asn)
  const from = Math.min(...about.map((one) => one.from))
  const until = Math.max(...about.map((one) => one.until))
  return {
    days:
      about.length === 0 ? { from: part.from, until: part.until } : { from: instant(from), until: instant(until - 1) },
    ...(own.length === 0 ? {} : { own: added(own) }),
    ...(together.length === 0 ? {} : { together: added(together) }),
    ...(rest.length === 0
      ? {}
      : { rest: { ...added(rest), networks: new Set<Asn | undefined>(rest.map(({ asn }) => asn)).size } }),
    source: sourceOf(part),
  }
}

function added(rows: readonly OoniCount[]): NonNullable<OoniEntry['own']> {
  const sum = (key: 'anomaly' | 'confirmed' | 'failure' | 'ok' | 'total'): number =>
    rows.reduce((total, row) => total + row[key], 0)
  return {
    anomaly: sum('anomaly'),
    confirmed: sum('confirmed'),
    failure: sum('failure'),
    ok: sum('ok'),
    total: sum('total'),
  }
}

const outageEntry = (part: OthersPart & { readonly kind: 'outages' }, incident: Incident, span: Span): OutageEntry => ({
  outages: part.outages.filter(
    ({ entity, from, until }) =>
      (entity.kind !== 'network' || entity.asn === incident.asn) && overlaps({ from, until: until ?? Infinity }, span),
  ),
  source: sourceOf(part),
})
