import type { Asn, Sha256 } from '../model/units.ts'
import type { Lang } from '../text/lang.ts'

/** Days as `YYYY-MM-DD`, both inclusive, as a reader chooses them. */
export interface Days {
  readonly since: string
  readonly until: string
}

/** Which incidents a reader wants to see; absent: all. */
export interface IncidentFilter {
  readonly service?: string
  readonly network?: string
}

/** How one incident is shown: from which starting point, and which of its revisions. */
export interface IncidentChoice {
  readonly prior?: string
  readonly revision?: string
}

const query = (values: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(values).toString()
  return text === '' ? '' : `?${text}`
}

/** Every address of the site is made here and nowhere else; routes are their patterns in app.ts. */
export const urls = {
  first: (lang: Lang, days?: Days): string => `/${lang}/${days === undefined ? '' : query({ ...days })}`,
  series: (lang: Lang, service: string, asn: Asn, days: Days): string =>
    `/${lang}/s/${encodeURIComponent(service)}/AS${asn}${query({ ...days })}`,
  measurement: (lang: Lang, id: Sha256): string => `/${lang}/m/${id}`,
  measurementJson: (id: Sha256): string => `/m/${id}.json`,
  apiMatrix: (days: Days): string => `/api/v1/matrix${query({ ...days })}`,
  apiSeries: (service: string, asn: Asn, days: Days): string =>
    `/api/v1/series${query({ service, network: `AS${asn}`, ...days })}`,
  apiMeasurement: (id: Sha256): string => `/api/v1/measurement/${id}`,
  incidents: (lang: Lang, filter: IncidentFilter = {}): string => `/${lang}/incidents${query({ ...filter })}`,
  incident: (lang: Lang, id: string, chosen: IncidentChoice = {}): string =>
    `/${lang}/i/${encodeURIComponent(id)}${query({ ...chosen })}`,
  corrections: (lang: Lang): string => `/${lang}/corrections`,
  apiIncidents: (filter: IncidentFilter = {}): string => `/api/v1/incidents${query({ ...filter })}`,
  apiIncident: (id: string, revision?: number): string =>
    `/api/v1/incident/${encodeURIComponent(id)}${query(revision === undefined ? {} : { revision: String(revision) })}`,
  claims: (lang: Lang, statement?: string): string =>
    `/${lang}/claims${statement === undefined ? '' : `#s-${encodeURIComponent(statement)}`}`,
  asset: (path: string): string => `/assets/${path}`,
}
