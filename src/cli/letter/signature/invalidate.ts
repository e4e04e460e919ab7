import { resolve } from 'node:path'
import type { World } from '../../../runtime/world.ts'
import { InputError, wrongOption } from '../../../core/model/errors.ts'
import { TIERS, VOID_REASONS, type VoidReason } from '../../../letter/core/letter.ts'
import { REGIONS, type Region } from '../../../core/model/region.ts'
import { parseInstant, parseSha256, type Sha256 } from '../../../core/model/units.ts'
import { decodeRows } from '../../../letter/handover/csv.ts'
import { MOST_OF_JOB, type RemovalFilter } from '../../../letter/remove/contract.ts'
import { readBounded } from '../../../runtime/files/copy-folder.ts'
import { printable } from '../../../core/text/printable.ts'
import { letterOf } from '../../../app/letter/task.ts'
import { writeJob } from './removal-lines.ts'
import { task } from '../../terminal/command.ts'
import { optional, under, withDefault, wordOf, type OptionPlace, type OptionValues } from '../../terminal/option.ts'
import { LETTER_WORD, SERVICE_OUTPUT, onService } from '../options.ts'

const MOST_REVIEW = 64 * 1024 * 1024

/** Reasons that may be in the log; the public sees how many and why. */
const REASONS = VOID_REASONS.filter((one) => one !== 'withdrawn')
export const REASON = optional('REASON', `Why; the public sees how many and why: ${REASONS.join(', ')}.`)

/** The options that name a part of all signatures. */
export const FILTER_OPTIONS = under('FILTER: a part of the signatures', {
  tier: optional('TIER', `Signatures confirmed in this way: ${TIERS.join(', ')}.`, { read: wordOf(TIERS) }),
  region: optional('REGION', 'A region such as KZ-75, or abroad.', { read: knownRegion }),
  since: optional('TIME', 'Begin of a time, in whole hours.', { read: parseInstant }),
  until: optional('TIME', 'End of that time.', { read: parseInstant }),
})

export const command = task({
  about: 'Prepare the removal of signatures from the count. Nothing changes before "kuager letter run".',
  examples: ['--from review.csv --folder letter --secrets secrets'],
  words: LETTER_WORD,
  usage: ['[ID] --from review.csv [options]', '[ID] FILTER --reason REASON [options]'],
  options: {
    from: optional('review.csv', 'Reasons for single signatures, as "kuager letter open" prepares them.'),
    reason: REASON,
    ...FILTER_OPTIONS,
    note: withDefault('TEXT', 'A note for those who approve.', ''),
    ...SERVICE_OUTPUT,
  },
  async run(values, call) {
    const { world, words } = call
    const { from, note, json } = values
    const plans = from === undefined ? [onePlan(values)] : await plansOf(from, values, world)
    return onService(values, call, async (service) => {
      const desk = await service.desk()
      const { letter } = letterOf(desk, words[0])
      for (const { reason, filter } of plans) {
        const preview = await desk.removals.plan({ letter: letter.id, act: 'void', reason, note, filter })
        writeJob({ ...preview, state: 'waiting' }, { json }, world)
      }
      return 0
    })
  },
})

interface Plan {
  readonly reason: VoidReason
  readonly filter: RemovalFilter
}

/** A reason that may be in the log. Throws InputError. */
export function readReason(given: string | undefined): VoidReason {
  const known = REASONS.find((one) => one === given)
  if (known !== undefined) return known
  throw wrongOption('reason', `found "${printable(given ?? '')}"`, REASONS.join(', '))
}

type Given = OptionValues<typeof FILTER_OPTIONS> & { readonly reason: string | undefined }

/** Reads them; without one of them the filter is empty, which everything fits. Throws InputError. */
export function readFilter({ tier, region, since, until }: Given): RemovalFilter {
  if ((since === undefined) !== (until === undefined))
    throw wrongOption(since === undefined ? 'since' : 'until', 'it is missing', 'the beginning and the end of a time')
  return {
    ...(tier === undefined ? {} : { tier }),
    ...(region === undefined ? {} : { region }),
    ...(since === undefined || until === undefined ? {} : { hours: { since, until } }),
  }
}

function knownRegion(text: string, { name }: OptionPlace): Region {
  const known = REGIONS.find((one) => one === text)
  if (known !== undefined) return known
  throw wrongOption(name, `found "${printable(text)}"`, 'a region such as KZ-75, or "abroad"')
}

function onePlan(given: Given): Plan {
  const filter = readFilter(given)
  // Everything at once is never meant: a person who means it names the hours.
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
  if (reason !== undefined) throw wrongOption('reason', 'it is given with --from', 'reasons in the rows only')
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
