import type { World } from '../../runtime/world.ts'
import { TIERS, VOID_REASONS } from '../../letter/core/letter.ts'
import type { LetterDesk, LetterStatus } from '../../letter/contract.ts'
import { outsideLines, viewOutside, type OutsideView } from '../../app/folder/outside-view.ts'
import { printable } from '../../core/text/printable.ts'
import { readExports } from '../../letter/handover/exports.ts'
import { task } from '../terminal/command.ts'
import { SERVICE_OUTPUT, onService } from './options.ts'

export const command = task({
  about: 'Show counts, waiting signatures and past handovers.',
  examples: ['--folder letter --secrets secrets'],
  options: SERVICE_OUTPUT,
  exit: { 3: 'log and registry do not agree, or something is overdue' },
  run: (values, call) =>
    onService(values, call, async (service) => {
      const { world } = call
      const desk = await service.desk()
      const letters = await Promise.all((await desk.status()).map((one) => viewOf(desk, one)))
      const log = await service.log()
      const latest = await log?.latest()
      const waiting = (await desk.removals.jobs()).filter(({ state }) => state === 'waiting').map(({ job }) => job.id)
      const exports = await readExports(service.path)
      const wanting = letters.some(({ agrees, overdue }) => !agrees || overdue)
      const view = {
        letters,
        log: log === undefined ? null : { origin: log.origin, simulated: log.simulated, size: latest?.size ?? 0 },
        outside: log === undefined ? null : await viewOutside(service.logFolder, log),
        takes_mail: (await (await service.secrets()).mail()) !== undefined,
        jobs_waiting: waiting,
        exports,
      }
      if (values.json) world.out.write(`${JSON.stringify(view)}\n`)
      else write(view, world)
      return wanting ? 3 : 0
    }),
})

interface LetterLines extends LetterStatus {
  readonly version: number
  readonly overdue: boolean
  readonly groups: number
}

async function viewOf(desk: LetterDesk, status: LetterStatus): Promise<LetterLines> {
  return {
    ...status,
    version: desk.letter(status.letter)?.letter.version ?? 0,
    overdue: status.state !== 'destroyed' && status.daysToDestruction < 0,
    groups: (await desk.held(status.letter)).length,
  }
}

interface View {
  readonly letters: readonly LetterLines[]
  readonly log: { readonly origin: string; readonly simulated: boolean; readonly size: number } | null
  /** Who stamps and cosigns the log. */
  readonly outside: OutsideView | null
  readonly takes_mail: boolean
  readonly jobs_waiting: readonly string[]
  readonly exports: Awaited<ReturnType<typeof readExports>>
}

function write(
  { letters, log, outside, takes_mail: mail, jobs_waiting: jobs, exports }: View,
  world: Pick<World, 'out'>,
): void {
  const lines: string[] = []
  for (const { letter, version, state, waiting, shown, agrees, daysToDestruction, overdue, groups } of letters) {
    const removed = VOID_REASONS.filter((reason) => (shown.removed[reason] ?? 0) > 0)
    lines.push(
      `Letter "${letter}", version ${version}, ${state}`,
      `  counted    ${shown.total} (${TIERS.map((tier) => `${tier} ${shown.counted[tier]}`).join(', ')}), at ${shown.size} entries of the log`,
      `  removed    ${removed.length === 0 ? 'none' : removed.map((reason) => `${reason} ${shown.removed[reason] ?? 0}`).join(', ')}`,
      `  waiting    ${waiting.awaiting} for their mailbox, ${waiting.pending} for the next batch, ${waiting.held} held in ${groups} groups`,
      ...(agrees ? [] : ['  WRONG      the log counts other numbers than the registry']),
      state === 'destroyed'
        ? '  destroyed  everything sealed is gone'
        : `  destroys   ${overdue ? 'OVERDUE by' : 'in'} ${Math.abs(daysToDestruction)} days`,
    )
  }
  if (letters.length === 0) lines.push('No letter was published yet')
  lines.push(
    `Log: ${log === null ? 'not begun' : `${log.origin}, ${log.size} entries${log.simulated ? ', simulated' : ''}`}`,
    ...(outside === null ? [] : outsideLines(outside).map(([label, text]) => `${label} ${text}`)),
    `Mail: ${mail ? 'sends confirmations' : 'none: no one can confirm by a mailbox'}`,
    ...(jobs.length === 0 ? [] : [`Removals that wait: ${jobs.join(', ')}`]),
    ...exports.map(
      ({ at_utc: at, letter, signatures, by, why }) =>
        `Handed over: ${at}, ${signatures} signatures of "${letter}", by ${printable(by)}: ${printable(why)}`,
    ),
  )
  world.out.write(lines.map((line) => `${line}\n`).join(''))
}
