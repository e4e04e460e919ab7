import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { coverageDays } from '../../core/detect/shown/coverage-days.ts'
import { judgeClaims } from '../../core/detect/shown/claims.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { CoverageDay } from '../../core/model/incident/claim.ts'
import { InputError } from '../../core/model/errors.ts'
import { momentBounds } from '../../core/model/moment.ts'
import { eventsSchema, type Statement } from '../../core/model/tables/record.ts'
import { instant, formatAsn } from '../../core/model/units.ts'
import type { SiteOptions } from '../../site/site-options.ts'
import { realIncidents } from '../../site/real-only.ts'
import { remembered } from '../../web/answer/remembered.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import { loadNetworks } from '../../runtime/tables/networks.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { loadRecord } from '../../runtime/tables/record.ts'
import { HOME_ZONE } from '../../core/text/time.ts'
import type { OpenFolder } from '../folder/open.ts'
import { folderOthers } from './others.ts'
import { folderStudies } from './studies.ts'

/** How long it is remembered how well services were watched: a page of statements may lag behind it by as much. */
const COVERAGE_MS = 10 * MINUTE_MS
/** How much more while it is read again: a year of series takes a while. */
const COVERAGE_STALE_MS = HOUR_MS
/**
 * VPN services whose own tunnels are measured: none. Their sites, and protocols to responders of ours, are other
 * things.
 */
const VPN_SERVICES: readonly string[] = []

/**
 * What the site shows next to the measurements of a folder: its incidents, and the record of statements and acts:
 * that of the folder itself (`record/`, as a demonstration has it), else the bundled one.
 * Throws InputError for a record that cannot be read, and in public for a simulated one.
 */
export async function siteRecord(
  folder: OpenFolder,
  { isPublic, networkFiles = [] }: { readonly isPublic: boolean; readonly networkFiles?: readonly string[] },
): Promise<Pick<SiteOptions, 'incidents' | 'record' | 'claims' | 'studies'>> {
  const own = ['record', 'simulated-evening/record'].map((place) => join(folder.path, place))
  const path = own.find((place) => existsSync(join(place, 'statements.json'))) ?? join(PACKAGE_ROOT, 'data', 'record')
  const record = loadRecord(path)
  const events = loadEvents(join(path, 'events.json'))
  const store = await folder.incidents()
  const networks = loadNetworks(networkFiles)
  const beside = folderOthers(folder.path, path)
  if (isPublic) refuseSimulated({ [path]: record, 'events.json': events, others: beside.others })
  return {
    incidents: isPublic ? realIncidents(store) : store,
    studies: folderStudies(folder.path, { isPublic }),
    record: {
      statements: record.statements,
      events: events.simulated === record.simulated ? events.events : [],
      orders: record.orders,
      ...beside,
      simulated: record.simulated,
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

/** Statements in a simulated world, seen by others or demanded there must not be next to real measurements. */
function refuseSimulated(parts: Readonly<Record<string, { readonly simulated: boolean } | undefined>>): void {
  for (const [place, part] of Object.entries(parts))
    if (part?.simulated === true)
      throw new InputError(`Cannot show "${place}" in public: it is simulated`, {
        code: 'record.simulated',
        path: place,
        expected: 'a record of the real world, or no --public',
      })
}

function loadEvents(file: string): ReturnType<typeof eventsSchema.parse> {
  const parsed = eventsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new InputError(`Cannot read ${file}: ${issue?.message ?? 'not as expected'}`, {
    code: 'record.invalid',
    path: issue?.path.join('/') ?? '',
    expected: 'a list of events as docs/formats/record.md has it',
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
  warehouse: Warehouse,
  record: { readonly statements: readonly Statement[]; readonly simulated: boolean },
): () => Promise<readonly CoverageDay[]> {
  const span = spanOf(record.statements)
  const wanted = new Set(record.statements.flatMap(({ claims }) => claims.flatMap(({ services }) => services)))
  const read = async (): Promise<readonly CoverageDay[]> => {
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
