import type { World } from '../../../runtime/world.ts'
import { encodeCanonical } from '../../../core/evidence/canonical-json.ts'
import { formatInstantUtc, instant } from '../../../core/model/units.ts'
import type { LetterDesk } from '../../../letter/contract.ts'
import type { RemovalPreview, RemovalState } from '../../../letter/remove/contract.ts'
import { printable } from '../../../core/text/printable.ts'

/** Each act in the words of the person who approves it. */
export const ACTS = {
  void: 'take out of the count',
  refuse: 'remove for good, before they ever counted',
  release: 'let count',
  restore: 'count again',
} as const

const sums = (counts: Readonly<Partial<Record<string, number>>>): string =>
  Object.entries(counts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count ?? 0}`)
    .join(', ')

/** Who has approved, and of how many; a job that was done needs no one any more. */
function approvals(needs: number, approvedBy: readonly string[]): string {
  const names = approvedBy.map(printable).join(', ')
  if (needs > 0) return `${approvedBy.length} of ${needs}${names === '' ? '' : ` (${names})`}`
  return names === '' ? 'not needed' : `by ${names}`
}

/** What a job would do or has done, for a person or a program. */
export function writeJob(
  { job, tiers, regions, hours, needs, approvedBy, state }: RemovalPreview & { readonly state: RemovalState },
  { json }: { readonly json: boolean },
  world: Pick<World, 'out'>,
): void {
  if (json) {
    world.out.write(`${JSON.stringify({ job, state, tiers, regions, hours, needs, approved_by: approvedBy })}\n`)
    return
  }
  const span = hours.map(({ hour }) => hour)
  world.out.write(
    [
      `Job ${job.id} (${state}): ${ACTS[job.act]} ${job.count} signatures of letter "${job.letter}"`,
      `  reason      ${job.reason}${job.note === '' ? '' : `: ${printable(job.note)}`}`,
      // What was let count, refused or restored stands no longer where a job looks for it.
      ...(Object.keys(tiers).length === 0 ? [] : [`  tiers       ${sums(tiers)}`, `  regions     ${sums(regions)}`]),
      ...(span.length === 0
        ? []
        : [
            `  hours       ${formatInstantUtc(instant(Math.min(...span)))} to ${formatInstantUtc(instant(Math.max(...span)))}, ${span.length} of them`,
          ]),
      `  approvals   ${approvals(needs, approvedBy)}`,
      ...(state === 'waiting' && approvedBy.length >= needs ? [`  To do it: kuager letter run ${job.id}`] : []),
      ...(state === 'waiting' && approvedBy.length < needs
        ? [
            `  To have it approved: kuager letter jobs ${job.id} --sign > job.json, then on the machine of each reviewer`,
            '  kuager letter approve job.json --key KEY, and here: kuager letter approve APPROVAL.json',
          ]
        : []),
      '',
    ].join('\n'),
  )
}

/** Does a job that needs no other person, and shows one that does. */
export async function runOrShow(
  desk: LetterDesk,
  preview: RemovalPreview,
  { json }: { readonly json: boolean },
  world: Pick<World, 'out'>,
): Promise<void> {
  if (preview.needs === 0) await desk.removals.run(preview.job.id)
  writeJob({ ...preview, state: preview.needs === 0 ? 'done' : 'waiting' }, { json }, world)
}

/** The bytes that an approval signs, to be carried to the machine of a reviewer. */
export const jobFile = ({ job }: RemovalPreview): string => encodeCanonical(job)
