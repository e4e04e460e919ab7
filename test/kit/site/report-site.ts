import { readSiteAssets } from '../../../src/app/web/assets.ts'
import { instant, millis, parseAsn, type Asn } from '../../../src/core/model/units.ts'
import { openReportDesk, type OpenReportDesk } from '../../../src/reports/desk/desk.ts'
import type { createSite } from '../../../src/site/app.ts'
import type { SiteOptions } from '../../../src/site/site-options.ts'
import type { ReportStore } from '../../../src/reports/registry/contract.ts'
import type { ClientAddress } from '../../../src/runtime/sender/from.ts'
import { openLog } from '../../../src/runtime/log.ts'
import { openSenders } from '../../../src/runtime/sender/sender.ts'
import { FIRST_NOW, firstSite, OWN } from '../evening/first-sample.ts'
import { memoryReports, type MemoryReports } from '../stores/memory-reports.ts'

/** A site that takes reports over a clock that is moved by hand. */
export interface ReportSite {
  readonly site: ReturnType<typeof createSite>
  readonly desk: OpenReportDesk
  readonly store: MemoryReports
  /** Moves the clock on by so many milliseconds. */
  wait(ms: number): void
}

const senders = openSenders(['127.0.0.1'])
export const senderOf = ({ socket, forwardedFor }: ClientAddress): string | undefined => senders(socket, forwardedFor)

/** Addresses of documentation: 192.0.2.0/24 is the network of the sample, 198.51.100.0/24 another, others none. */
export function networkOfSample(address: string | undefined): Asn | undefined {
  if (address?.startsWith('192.0.2.') === true) return OWN
  return address?.startsWith('198.51.100.') === true ? parseAsn(64501) : undefined
}

/** The first site of the samples with a desk of reports; `store` receives what the desk writes. */
export async function reportSite(
  change: Partial<SiteOptions> & { readonly store?: ReportStore } = {},
): Promise<ReportSite> {
  const { store: given, ...rest } = change
  const memory = memoryReports()
  let passed = 0
  const clock = { now: () => instant(FIRST_NOW + 3_600_000 + passed), monotonic: () => millis(passed) }
  const desk = openReportDesk({
    store: given ?? memory,
    clock,
    senderOf,
    networkOf: (from) => networkOfSample(senderOf(from)),
    simulated: true,
  })
  const site = await firstSite({
    clock,
    log: openLog({ level: 'silent' }),
    reports: desk,
    visitor: (socket, forwardedFor) => {
      const asn = networkOfSample(senderOf({ socket, forwardedFor }))
      return asn === undefined ? { kind: 'ask', why: 'unknown' } : { kind: 'known', asn }
    },
    ...rest,
  })
  return { site, desk, store: memory, wait: (ms) => (passed += ms) }
}

/** The same with the style sheet, fonts and scripts: for a browser. */
export async function reportSiteWithAssets(
  change: Partial<SiteOptions> & { readonly store?: ReportStore } = {},
): Promise<ReportSite> {
  const { assets, tag } = await readSiteAssets()
  return reportSite({ assets, frame: { medium: 'live', mirrors: [], assets: tag }, ...change })
}
