import type { CrowdDesk } from '../../site/check/desk.ts'
import type { ReportDesk } from '../../site/report/desk.ts'
import type { SavedChecks } from '../../site/check/saved-route.ts'
import type { FreeSpace } from '../../runtime/files/free-space.ts'

/** When someone may come again whose words find no space. */
const AGAIN_SECONDS = 3600

export interface PeopleDesks {
  readonly reports: ReportDesk
  readonly crowd: CrowdDesk
  readonly savedChecks: SavedChecks
}

/**
 * Reports, checks and digests of checks are accepted only while the disk has more than its reserve: they come from
 * anyone, and what is left is for measurements of invited and known keys.
 */
export function whileSpace({ reports, crowd, savedChecks }: PeopleDesks, space: Pick<FreeSpace, 'level'>): PeopleDesks {
  const isAmple = (): boolean => space.level() === 'ample'
  return {
    reports: {
      ticket: (pressed) => reports.ticket(pressed),
      partOf: (from) => reports.partOf(from),
      take: async (sent, from) => (isAmple() ? reports.take(sent, from) : { kind: 'later', wait: AGAIN_SECONDS }),
    },
    crowd: {
      plan: (asn) => crowd.plan(asn),
      take: async (sent, from) => (isAmple() ? crowd.take(sent, from) : { wait: AGAIN_SECONDS }),
    },
    savedChecks: { ...savedChecks, takeOfAll: () => (isAmple() ? savedChecks.takeOfAll() : AGAIN_SECONDS) },
  }
}
