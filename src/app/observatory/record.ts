import { coverageDays } from '../../core/detect/shown/coverage-days.ts'
import { judgeClaims } from '../../core/detect/shown/claims.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { CoverageDay } from '../../core/model/incident/claim.ts'
import { InputError } from '../../core/model/errors.ts'
import { momentBounds } from '../../core/model/moment.ts'
import type { Statement } from '../../core/model/tables/record.ts'
import { instant, formatAsn } from '../../core/model/units.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { realIncidents } from '../../site/real-only.ts'
import { reviewedIncidents } from '../../site/incident/reviewed.ts'
import { remembered } from '../../web/answer/remembered.ts'
import type { ReadWarehouse } from '../../store/warehouse/reading-warehouse.ts'
import { systemClock } from '../../runtime/clock.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import type { Log } from '../../runtime/log.ts'
import { HOME_ZONE } from '../../core/text/time.ts'
import type { SiteFolder } from '../reader/site-folder.ts'
import { openLiveRecord } from './live-record.ts'
import { folderOthers } from './others.ts'
import { folderStudies } from './studies.ts'
import { folderValidations } from '../proof/published-validations.ts'

/** How long it is remembered how well services were watched: a page of statements may lag behind it by as much. */
const COVERAGE_MS = 10 * MINUTE_MS
/** How much more while it is read again: a year of series takes a while. */
const COVERAGE_STALE_MS = HOUR_MS
/**
 * VPN services whose own tunnels are measured: none. Their sites, and protocols to our tunnel test servers, are other
 * things.
 */
const VPN_SERVICES: readonly string[] = []

/**
 * What the site shows next to the measurements of a folder: its incidents, and the record of statements and acts as it
 * is in force (live-record.ts). Throws InputError in public for simulated parts.
 */
export async function siteRecord(
  folder: SiteFolder,
  {
    isPublic,
    networkFiles = [],
    follows = false,
    log,
    closeWith,
  }: {
    readonly isPublic: boolean
    readonly networkFiles?: readonly string[]
    /** Whether changes of the record are taken in while the site is served. */
    readonly follows?: boolean
    readonly log: Log
    readonly closeWith: (what: AsyncDisposable) => void
  },
): Promise<Pick<SiteOptions, 'incidents' | 'reviews' | 'record' | 'claims' | 'studies' | 'validations'>> {
  const keeps = follows && folder.engines === folder.path
  const live = await openLiveRecord(folder.path, { isPublic, follows, keeps, log })
  closeWith(live)
  const { record } = live
  const store = await folder.incidents()
  const journal = isPublic ? realIncidents(store) : store
  const reviews = await folder.reviews()
  const networks = loadNetworks(networkFiles)
  const { others, lacksOthers } = folderOthers(folder.path, live.path, { log })
  if (isPublic) refuseSimulated('others', others)
  return {
    incidents: reviewedIncidents(journal, reviews),
    reviews: { of: reviews.of, all: reviews.all, journal },
    studies: folderStudies(folder.path, { isPublic }),
    validations: folderValidations(folder.path, {
      isPublic,
      entryAt: async (leaf) => {
        const found = await (await folder.archive()).readLeaf(leaf)
        return found?.kind === 'entry' && found.entry === 'frozen-validation' ? found.bytes : undefined
      },
    }),
    record: {
      get statements() {
        return record.statements
      },
      get events() {
        return live.events
      },
      get orders() {
        return record.orders
      },
      get simulated() {
        return record.simulated
      },
      isDamaged: () => live.isDamaged,
      others,
      lacksOthers,
    },
    claims: {
      record,
      coverage: rememberCoverage(await folder.warehouse(), record),
      judge: (statements, measured) =>
        judgeClaims(statements, measured, {
          zone: HOME_ZONE,
          owner: (asn) => networks.network(asn)?.owner ?? formatAsn(asn),
          vpn: VPN_SERVICES,
          simulated: record.simulated,
        }),
    },
  }
}

/** What was seen by others in a simulated world must not be next to real measurements. */
function refuseSimulated(place: string, part: { readonly simulated: boolean } | undefined): void {
  if (part?.simulated === true)
    throw new InputError(`Cannot show "${place}" in public: it is simulated`, {
      code: 'record.simulated',
      path: place,
      expected: 'a record of the real world, or no --public',
    })
}

/** Span of every claim of the record: days outside it cannot change how a claim stands. */
function spanOf(statements: readonly Statement[]): { readonly since: number; readonly until: number } | undefined {
  const bounds = statements.flatMap((statement) =>
    statement.claims.map((claim) => ({
      from: momentBounds(claim.since ?? statement.at).from,
      until: momentBounds(claim.until ?? statement.at).until,
    })),
  )
  if (bounds.length === 0) return undefined
  // Local days begin before days of UTC.
  return {
    since: Math.min(...bounds.map(({ from }) => from)) - DAY_MS,
    until: Math.max(...bounds.map(({ until }) => until)) + DAY_MS,
  }
}

/** Coverage of the services that claims name, read series by series and remembered for a while. */
function rememberCoverage(
  warehouse: ReadWarehouse,
  record: { readonly statements: readonly Statement[]; readonly simulated: boolean },
): () => Promise<readonly CoverageDay[]> {
  const read = async (): Promise<readonly CoverageDay[]> => {
    const span = spanOf(record.statements)
    const wanted = new Set(record.statements.flatMap(({ claims }) => claims.flatMap(({ services }) => services)))
    if (span === undefined) return []
    const period = { since: instant(span.since), until: instant(span.until), simulated: record.simulated }
    const days: CoverageDay[] = []
    for (const key of await warehouse.seriesKeys()) {
      if (!wanted.has(key.service) || key.simulated !== record.simulated) continue
      if (key.latest < span.since || key.earliest >= span.until) continue
      const { service, asn, simulated } = key
      for (const { columns } of await warehouse.readingColumns([{ service, asn }], period))
        days.push(...coverageDays(columns, { service, asn, simulated }))
    }
    return days
  }
  return remembered(read, { clock: systemClock, freshMs: COVERAGE_MS, staleMs: COVERAGE_STALE_MS })
}
