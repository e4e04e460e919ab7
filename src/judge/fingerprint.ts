import type { HttpObservation } from '../model/observation.ts'
import type { Fingerprint, Tables } from '../model/tables.ts'
import type { CountryCode } from '../model/units.ts'

/**
 * What a match is worth: `artefact` stands alone; `with-control` counts only beside a difference from the
 * control; `own-filter` is the filter of the line's owner (an employer, a school, a household).
 */
export type FingerprintWorth = 'artefact' | 'with-control' | 'own-filter'

export interface FingerprintMatch {
  readonly name: string
  readonly worth: FingerprintWorth
}

function worthOf(print: Fingerprint, country: CountryCode): FingerprintWorth | undefined {
  if (print.scope === 'fp') return undefined
  if (print.scope === 'inst') return 'own-filter'
  const stated = print.countries.filter((code) => code !== 'ZZ')
  if (print.scope === 'prod' || print.scope === 'vbw' || stated.length === 0) return 'with-control'
  return stated.includes(country) ? 'artefact' : 'with-control'
}

const RANK = { artefact: 0, 'own-filter': 1, 'with-control': 2 } satisfies Record<FingerprintWorth, number>

function best(matches: readonly FingerprintMatch[]): FingerprintMatch | undefined {
  return matches.toSorted((a, b) => RANK[a.worth] - RANK[b.worth])[0]
}

function matches(pattern: Fingerprint['pattern'], text: string): boolean {
  switch (pattern.kind) {
    case 'full':
      return text === pattern.text
    case 'prefix':
      return text.startsWith(pattern.text)
    case 'contains':
      return text.includes(pattern.text)
    case 'regexp':
      return pattern.regexp.test(text)
  }
}

/** The strongest fingerprint of a DNS answer. */
export function fingerprintOfAddress(
  address: string,
  country: CountryCode,
  tables: Tables,
): FingerprintMatch | undefined {
  const found: FingerprintMatch[] = []
  for (const print of tables.fingerprints) {
    if (print.place.kind !== 'dns' || !matches(print.pattern, address)) continue
    const worth = worthOf(print, country)
    if (worth !== undefined) found.push({ name: print.name, worth })
  }
  return best(found)
}

/** The strongest fingerprint of an HTTP answer, in its body or its headers. */
export function fingerprintOfPage(
  page: HttpObservation,
  country: CountryCode,
  tables: Tables,
): FingerprintMatch | undefined {
  const found: FingerprintMatch[] = []
  for (const print of tables.fingerprints) {
    if (!matchesPage(print, page)) continue
    const worth = worthOf(print, country)
    if (worth !== undefined) found.push({ name: print.name, worth })
  }
  return best(found)
}

function matchesPage(print: Fingerprint, page: HttpObservation): boolean {
  switch (print.place.kind) {
    case 'dns':
      return false
    case 'body':
      return page.body !== undefined && matches(print.pattern, page.body)
    case 'header': {
      const { name } = print.place
      return page.headers.some(([key, value]) => key === name && matches(print.pattern, value))
    }
  }
}
