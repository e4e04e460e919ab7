import { thinFolder } from '../../app/proof/thin-folder.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { KEEP_REASONS, LEAST_MONTHS, type KeepReason } from '../../pipeline/thin/keep.ts'
import type { ThinReport } from '../../pipeline/thin/thin-archive.ts'
import { task } from '../terminal/command.ts'
import { groupThousands, openCountProgress } from '../terminal/count-progress.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { flag, repeatable, required, type OptionReader } from '../terminal/option.ts'
import { FINGERPRINTS, FOLDER, json, WAREHOUSE } from '../terminal/shared-options.ts'

const months: OptionReader<number> = (text, { name }) => {
  const found = /^(\d{1,3})m$/.exec(text)
  const number = Number(found?.[1] ?? 0)
  if (number >= LEAST_MONTHS) return number
  throw wrongOption(name, `found "${printable(text)}"`, `months, ${LEAST_MONTHS} at least, such as 18m`)
}

/** Words for each reason for which a measurement stays. */
const SENTENCES = {
  recent: 'received too lately',
  unproven: 'not under a checkpoint with a cosignature and a time stamp',
  'not-counted': 'of unknown senders',
  named: 'named by an incident, a bundle or an event of custody',
  'near-check': 'within an hour of a saved check',
  'not-judged': 'not judged, or damaged',
  'not-open': 'not reachable by their verdict',
  'not-scheduled': 'started by a person',
  'near-incident': 'of the service or network of an incident, near its time',
  'in-study': 'in the period of a pre-registered list',
  'not-the-same': 'their rows could not be made again',
  drawn: 'drawn as the one of their series and day',
} as const satisfies Record<KeepReason, string>

export const THIN = task({
  about: `
Erase old raw bytes that found nothing. Only scheduled measurements of reachable services, far from every incident,
are thinned. Verdicts and log entries stay, and one measurement of each series and day stays complete. Without --do
nothing is changed: the command only counts. This cannot be undone; thinned measurements cannot be judged again by
other rules (docs/methods/thinning.md). The page of the log says what was thinned.`,
  examples: ['--older-than 18m', '--older-than 18m --do'],
  options: {
    folder: FOLDER,
    warehouse: WAREHOUSE,
    'older-than': required(
      'MONTHS',
      `Only what was received so long ago: ${LEAST_MONTHS}m or more.`,
      'months, such as 18m',
      months,
    ),
    do: flag('Do it. Without it: count what would be thinned.'),
    bundle: repeatable('PATH', 'A bundle that was handed out and is not in the folder: what it holds stays.'),
    fingerprints: FINGERPRINTS,
    json: json('Print one JSON object.'),
  },
  notes: `
Every measurement is judged again, which takes as long as a rebuild. A server of the folder goes on. An interrupted run
leaves whole segments; the same command does the rest. Make a backup first: until its generations are removed, backups
still have the bytes.`,
  run: ({ folder, json: asJson, ...values }, call) => {
    const { world } = call
    return onFolder(call, folder, async (open) => {
      const progress = openCountProgress(world, 'log entries')
      const report = await thinFolder(open, world, {
        months: values['older-than'],
        act: values.do,
        bundles: values.bundle,
        fingerprintFiles: fingerprintFiles(values.fingerprints, world),
        onLine: (line) => void world.err.write(`${line}\n`),
        onProgress: progress.show,
      }).finally(progress.end)
      world.out.write(asJson ? `${JSON.stringify({ done: values.do, ...report })}\n` : told(report, values.do))
      return 0
    })
  },
})

function told({ months: byMonth, kept, untouched }: ThinReport, done: boolean): string {
  const line = (name: string, runs: number, bytes: number): string =>
    `${name.padEnd(8)} ${groupThousands(runs).padStart(12)} measurements ${groupThousands(bytes / 1e6).padStart(10)} MB`
  const all = Object.values(byMonth)
  const sum = (of: (one: (typeof all)[number]) => number): number => all.reduce((total, one) => total + of(one), 0)
  const lines = [
    done ? 'Thinned, by month of receipt:' : 'Would be thinned, by month of receipt:',
    ...Object.entries(byMonth).map(([month, { runs, bytes }]) => line(month, runs, bytes)),
    line(
      'all',
      sum(({ runs }) => runs),
      sum(({ bytes }) => bytes),
    ),
    'Stay whole:',
    ...KEEP_REASONS.flatMap((reason) => {
      const count = kept[reason] ?? 0
      return count === 0 ? [] : [`${groupThousands(count).padStart(12)} ${SENTENCES[reason]}`]
    }),
    `${groupThousands(untouched).padStart(12)} log entries in segments that still grow or were left`,
    ...(done ? [] : ['Nothing was changed; --do does it']),
  ]
  return lines.map((one) => `${one}\n`).join('')
}
