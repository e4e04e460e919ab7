import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { defined } from '../../../core/model/defined.ts'
import type { World } from '../../../runtime/world.ts'
import { InputError, wrongOption } from '../../../core/model/errors.ts'
import { TIERS, VOID_REASONS, type VoidReason } from '../../../letter/core/letter.ts'
import { REGIONS } from '../../../core/model/region.ts'
import { parseInstant, parseSha256, type Sha256 } from '../../../core/model/units.ts'
import { decodeRows } from '../../../letter/handover/csv.ts'
import { MOST_OF_JOB, type RemovalFilter } from '../../../letter/remove/contract.ts'
import { readBounded } from '../../../runtime/files/copy-folder.ts'
import { printable } from '../../../core/text/printable.ts'
import { FOLDER_OPTIONS, letterOf, withService } from '../../../app/letter/task.ts'
import { writeJob } from './removal-lines.ts'

const MOST_REVIEW = 64 * 1024 * 1024

/** Lays before those who approve that signatures are taken out of the count; nothing is changed yet. */
export async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...FOLDER_OPTIONS,
      ...FILTER_OPTIONS,
      from: { type: 'string' },
      reason: { type: 'string' },
      note: { type: 'string', default: '' },
    },
  })
  const { from, note, json } = values
  const plans = from === undefined ? [onePlan(values)] : await plansOf(from, values, world)
  return withService(world, { ...values, part: 'invalidate', args }, async (service) => {
    const desk = await service.desk()
    const { letter } = letterOf(desk, positionals[0])
    for (const { reason, filter } of plans) {
      const preview = await desk.removals.plan({ letter: letter.id, act: 'void', reason, note, filter })
      writeJob({ ...preview, state: 'waiting' }, { json }, world)
    }
    return 0
  })
}

interface Plan {
  readonly reason: VoidReason
  readonly filter: RemovalFilter
}

/** A reason that may stand in the log. Throws InputError. */
export function readReason(given: string | undefined): VoidReason {
  const known = VOID_REASONS.find((one) => one === given)
  if (known !== undefined && known !== 'withdrawn') return known
  throw wrongOption(
    'reason',
    `found "${printable(given ?? '')}"`,
    VOID_REASONS.filter((one) => one !== 'withdrawn').join(', '),
  )
}

interface Given {
  readonly tier?: string | undefined
  readonly region?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly reason?: string | undefined
}

/** The options that name a part of all signatures. */
export const FILTER_OPTIONS = {
  tier: { type: 'string' },
  region: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
} as const

/** Reads them; without one of them the filter is empty, which everything fits. Throws InputError. */
export function readFilter({ tier, region, since, until }: Given): RemovalFilter {
  const knownTier = TIERS.find((one) => one === tier)
  if (tier !== undefined && knownTier === undefined)
    throw wrongOption('tier', `found "${printable(tier)}"`, TIERS.join(', '))
  const knownRegion = REGIONS.find((one) => one === region)
  if (region !== undefined && knownRegion === undefined)
    throw wrongOption('region', `found "${printable(region)}"`, 'a region such as KZ-75, or "abroad"')
  if ((since === undefined) !== (until === undefined))
    throw wrongOption(since === undefined ? 'since' : 'until', 'it is missing', 'the beginning and the end of a time')
  return {
    ...defined({ tier: knownTier, region: knownRegion }),
    ...(since === undefined || until === undefined
      ? {}
      : { hours: { since: parseInstant(since), until: parseInstant(until) } }),
  }
}

function onePlan(given: Given): Plan {
  const filter = readFilter(given)
  // Everything at once is never meant; whoever means it names the hours.
  if (Object.keys(filter).length === 0)
    throw wrongOption('tier', 'no filter is given', '--from, --tier, --region, or --since with --until')
  return { reason: readReason(given.reason), filter }
}

/** One plan for each reason that a holder of the keys wrote into the review. Throws InputError that names the line. */
async function plansOf(path: string, { reason }: Given, world: Pick<World, 'cwd'>): Promise<readonly Plan[]> {
  const refuse = (found: string, line?: number): InputError =>
    new InputError(`Cannot read review "${printable(path)}": ${found}`, {
      code: 'review.invalid',
      path: line === undefined ? '--from' : `line ${line}`,
      expected: 'rows "ct,reason" as "kuager letter open" writes them into review.csv',
    })
  if (reason !== undefined) throw wrongOption('reason', 'it stands beside --from', 'reasons in the rows alone')
  const bytes = await readBounded(resolve(world.cwd, path), MOST_REVIEW)
  const [head, ...rows] = (bytes === undefined ? undefined : decodeRows(new TextDecoder().decode(bytes))) ?? []
  const [ctAt, reasonAt] = [head?.indexOf('ct') ?? -1, head?.indexOf('reason') ?? -1]
  if (ctAt < 0 || reasonAt < 0) throw refuse('there is no table with the columns "ct" and "reason"')
  const byReason = new Map<VoidReason, Set<Sha256>>()
  for (const [at, row] of rows.entries()) {
    const given = row[reasonAt]?.trim() ?? ''
    if (given === '') continue
    const known = VOID_REASONS.find((one) => one === given && one !== 'withdrawn')
    if (known === undefined) throw refuse(`found the reason "${printable(given.slice(0, 60))}"`, at + 2)
    const ct = row[ctAt]?.trim() ?? ''
    if (!/^[0-9a-f]{64}$/.test(ct)) throw refuse(`found "${printable(ct.slice(0, 70))}" in the column "ct"`, at + 2)
    byReason.set(known, (byReason.get(known) ?? new Set()).add(parseSha256(ct)))
  }
  if (byReason.size === 0) throw refuse('no row has a reason')
  return [...byReason].map(([of, cts]) => {
    if (cts.size > MOST_OF_JOB)
      throw refuse(`${cts.size} rows have the reason "${of}", at most ${MOST_OF_JOB} go at once`)
    return { reason: of, filter: { cts: [...cts].toSorted() } }
  })
}
