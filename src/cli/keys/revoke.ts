import { defined } from '../../core/model/defined.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { instant, parseInstant } from '../../core/model/units.ts'
import { judgeAgain } from '../../pipeline/judge/rebuild.ts'
import { openPortionJudge } from '../../pipeline/judge/judge-blobs.ts'
import { revokeLineage } from '../../pipeline/receive/standing/revocations.ts'
import { dayNumber } from '../../pipeline/receive/standing/standings.ts'
import type { KeyRow } from '../../store/registry/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { folderDetection } from '../../app/folder/detection.ts'
import type { OpenFolder } from '../../app/folder/open.ts'
import { refuseTraces } from '../terminal/options.ts'
import { printable } from '../../core/text/printable.ts'

/** From which day of receipt measurements no longer count, and why: published. */
interface Backwards {
  readonly day: number
  readonly reason: string
}

/** Reads `--from` and `--reason`; undefined without them. Throws InputError for one without the other. */
export function readBackwards(from: string | undefined, reason: string | undefined): Backwards | undefined {
  if (from === undefined && reason === undefined) return undefined
  if (from === undefined || !/^\d{4}-\d\d-\d\d$/.test(from))
    throw wrongOption('from', from === undefined ? 'it is missing' : `found "${printable(from)}"`, 'a day: YYYY-MM-DD')
  if (reason === undefined || reason.trim() === '' || reason.length > 500)
    throw wrongOption('reason', 'it is missing or too long', 'why, in at most 500 characters: it is published')
  refuseTraces('reason', reason)
  const day = dayNumber(parseInstant(from))
  if (day > dayNumber(systemClock.now())) throw wrongOption('from', 'it is in the future', 'a day that has begun')
  return { day, reason: reason.trim() }
}

/**
 * Revokes the lineage of a key. With `backwards`, what it sent leaves series, counts and incidents: the registry first,
 * which every later reading of the archive follows; then the event of custody, the rows, the incidents. After a crash the
 * same command does the rest.
 */
export async function revokeKey(
  folder: OpenFolder,
  world: World,
  { row, backwards }: { readonly row: KeyRow; readonly backwards: Backwards | undefined },
): Promise<void> {
  const from = backwards?.day
  const today = dayNumber(systemClock.now())
  const { keys, names } = revokeLineage(folder.registry(), row, { today, ...defined({ from }) })
  world.out.write(
    `${row.pseudonym} counts no longer, with its lineage: ${keys} ${keys === 1 ? 'key' : 'keys'} in all\n`,
  )
  if (backwards === undefined) return
  const detection = await folderDetection(folder, world)
  const [taken, { revisions }] = await detection.runAfter(
    () => takeOut(folder, world, { names, backwards }),
    'changed',
    {
      signal: world.signal,
    },
  )
  world.out.write(`${taken} measurements count no longer; ${revisions.length} revisions of incidents\n`)
}

async function takeOut(
  folder: OpenFolder,
  world: World,
  { names, backwards }: { readonly names: readonly string[]; readonly backwards: Backwards },
): Promise<number> {
  const [archive, warehouse] = [await folder.archive(), await folder.warehouse()]
  const leaves = await warehouse.bySender(names, instant(backwards.day * DAY_MS))
  const [first] = leaves
  if (first === undefined) return 0
  const custody = await folder.custody()
  await custody.record({
    type: 'revoked',
    evidence: { kind: 'measurements', id: `${first}-${leaves.at(-1) ?? first}` },
    actor: 'operator',
    reason: backwards.reason,
    detail: { measurements: leaves.length, received_from: new Date(backwards.day * DAY_MS).toISOString().slice(0, 10) },
  })
  // Bytes that only these senders brought are not common any longer.
  const seen = await folder.seenValues()
  seen.forget(leaves)
  await using judge = openPortionJudge({ fingerprintFiles: fingerprintFiles([], world) }, { isRead: false })
  await judgeAgain(leaves, { archive, warehouse, judge, signal: world.signal })
  return leaves.length
}
