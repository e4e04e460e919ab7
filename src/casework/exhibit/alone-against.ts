import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { type Block, bulletList, heading } from '../../documents/paper.ts'
import { countedMeasurements, countOf, countDevices, type AloneFinding, type OneJudged } from './alone-finding.ts'
import { controlSentences, countControls } from './controls.ts'
import { listed, type PageBudget } from './finding.ts'

// What speaks against interference in bare measurements, and their controls.

/** What speaks against interference in these measurements, counted; in the size of everything else. */
export function aloneAgainstBlocks(lang: Lang, finding: AloneFinding, room: PageBudget): readonly Block[] {
  const number = (value: number): string => formatNumber(lang, value)
  const all = countedMeasurements(finding)
  const opened = all.filter(({ kind }) => kind === 'reachable')
  const interfered = all.filter(({ kind }) => kind === 'interfered')
  const lacking = interfered.filter(({ missing }) => missing.length > 0)
  const halved = interfered.filter((one) => one.halved.length > 0)
  const apart = finding.judged.filter((one) => one.apart)
  const line = countControls({ readings: finding.readings, compared: [] }, 'canary').failed
  const of = (some: readonly OneJudged[], total: number): { readonly count: string; readonly total: string } => ({
    count: number(some.length),
    total: number(total),
  })
  const items = [
    ...(opened.length === 0
      ? []
      : [
          say(lang, 'alone.against.opened', of(opened, all.length)),
          say(lang, 'alone.against.devices', { count: number(countDevices(opened)), total: number(countDevices(all)) }),
        ]),
    ...(lacking.length === 0
      ? []
      : [
          say(lang, 'alone.against.missing', {
            ...of(lacking, interfered.length),
            list: tally(
              lacking.flatMap(({ missing }) => missing),
              room,
              (one) => say(lang, `missing.${one}`),
            ),
          }),
        ]),
    ...(halved.length === 0
      ? []
      : [
          say(lang, 'alone.against.halved', {
            ...of(halved, interfered.length),
            list: tally(
              halved.flatMap((one) => one.halved),
              room,
              (one) => say(lang, `halving.${one}`),
            ),
          }),
        ]),
    ...(line === 0 ? [] : [say(lang, 'alone.against.line', { count: number(line) })]),
    ...(apart.length === 0
      ? []
      : [
          say(lang, 'alone.against.apart', {
            count: number(apart.length),
            reachable: number(countOf(apart, 'reachable')),
          }),
        ]),
  ]
  return [
    heading(say(lang, 'exhibit.against')),
    bulletList(items.length === 0 ? [say(lang, 'alone.against.none')] : items),
  ]
}

/** What occurs how often, the most frequent first. */
function tally<T extends string>(all: readonly T[], room: PageBudget, name: (one: T) => string): string {
  const counts = [...Map.groupBy(all, (one) => one)].toSorted(
    ([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1),
  )
  return listed(
    counts.map(([one, some]) => `${name(one)} (${some.length})`),
    room,
  )
}

/** Controls of these measurements. */
export const aloneControlBlocks = (lang: Lang, { readings }: AloneFinding): readonly Block[] => [
  heading(say(lang, 'exhibit.controls')),
  bulletList(controlSentences(lang, { readings, compared: [] })),
]
