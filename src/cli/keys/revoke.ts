import { defined } from '../../core/model/defined.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { parseSubmittedBy } from '../../core/model/standing.ts'
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
  const registry = await folder.registry()
  const { keys, names } = revokeLineage(registry, row, { today, ...defined({ from }) })
  await registry.durable()
  world.out.write(
    `${row.pseudonym} counts no longer, with its lineage: ${keys} ${keys === 1 ? 'key' : 'keys'} in all\n`,
  )
  if (backwards !== undefined) await countAgain(folder, world, { names, backwards })
}

/**
 * Revokes a key that only edges know, by what they reported: every key and label that stand together in what was
 * received. Gives whether there is any. It cannot reach the edges: there the same command does.
 */
export async function revokeOfEdges(
  folder: OpenFolder,
  world: World,
  { pseudonym, backwards }: { readonly pseudonym: string; readonly backwards: Backwards },
): Promise<boolean> {
  const [archive, warehouse] = [await folder.archive(), await folder.warehouse()]
  const names = new Set([pseudonym])
  const read = new Set<number>()
  for (let before = 0; before < names.size;) {
    before = names.size
    for (const leaf of await warehouse.bySender([...names], instant(0))) {
      const found = read.has(leaf) ? undefined : await archive.readLeaf(leaf)
      read.add(leaf)
      const by = found !== undefined && 'provenance' in found ? parseSubmittedBy(found.provenance.origin) : undefined
      for (const name of [by?.pseudonym, by?.device]) if (name !== undefined) names.add(name)
    }
  }
  if (read.size === 0) return false
  const registry = await folder.registry()
  registry.transaction(() => {
    for (const name of names) registry.saveRevocation(name, backwards.day)
  })
  await registry.durable()
  world.out.write(`${pseudonym} and what belongs to it count no longer here: ${names.size} names of keys and devices\n`)
  await countAgain(folder, world, { names: [...names], backwards })
  world.out.write('Run the same command on every edge: a key that is not revoked there is still known there\n')
  return true
}

async function countAgain(
  folder: OpenFolder,
  world: World,
  { names, backwards }: { readonly names: readonly string[]; readonly backwards: Backwards },
): Promise<void> {
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
