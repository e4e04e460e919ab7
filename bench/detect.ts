// Detection, dating, cause and coincidence on simulated data whose truth is known.
import { run as runChain } from './detect/chain.ts'
import { runParts } from './detect/parts.ts'
import type { PartName, PartResult } from './detect/parts.ts'
import { run as runSpeed } from './detect/speed.ts'
import type { Bench, Figure } from './run.ts'

const TITLES: Readonly<Record<PartName, string>> = {
  cause: 'BLOCKING OR FAULT',
  coincidence: 'COINCIDENCE WITH EVENTS',
  throttling: 'THROTTLING',
  irregular: 'SERIES WITHOUT A SCHEDULE, AS PUBLIC ARCHIVES HAVE THEM',
  plain: 'TABLES WITHOUT PAIRS',
  pooling: 'STARTS WITH OTHER NETWORKS AND SERVICES TAKEN INTO ACCOUNT',
}

/** In this order two threads take them, the longest first. */
const ORDER: readonly PartName[] = ['coincidence', 'plain', 'cause', 'throttling', 'pooling', 'irregular']

const titled = (title: string, { table }: Pick<PartResult, 'table'>): readonly Figure[] => [
  { figure: title, value: '' },
  ...table,
]

export const bench: Bench = {
  summary: 'incidents, their dates and causes, and coincidence with events, on simulated series with known truth',
  async run({ quick }) {
    const begun = performance.now()
    const done = (what: string): void => {
      process.stderr.write(`${what} done after ${Math.round((performance.now() - begun) / 1000)} s\n`)
    }
    const chain = await runChain({ quick })
    done('incidents')
    const parts = await runParts(ORDER, quick)
    done(Object.keys(TITLES).join(', '))
    const speed = await runSpeed({ quick })
    done('speed')
    const shown = (['cause', 'coincidence', 'throttling', 'irregular', 'plain', 'pooling'] as const).flatMap((name) => {
      const part = parts.get(name)
      return part === undefined ? [] : [{ name, part }]
    })
    return {
      table: [
        ...titled('INCIDENTS IN SERIES', chain),
        ...shown.flatMap(({ name, part }) => titled(TITLES[name], part)),
        ...titled('SPEED', speed),
      ],
      json: {
        kuager: chain.json,
        rivals: chain.rivals,
        ...Object.fromEntries(shown.map(({ name, part }) => [name, part.json])),
        speed: speed.json,
      },
      drawing: [chain.drawing, ...shown.flatMap(({ part }) => part.drawing ?? [])].join('\n\n'),
    }
  },
}
