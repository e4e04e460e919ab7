// Detection, dating, cause and coincidence on simulated data whose truth is known.
import { run as runChain } from './detect/chain.ts'
import { PARTS, runPart, runParts, type PartName, type PartResult } from './detect/parts.ts'
import { run as runSpeed } from './detect/speed.ts'
import type { Bench, Figure } from './run.ts'

const TITLES: Readonly<Record<PartName, string>> = {
  cause: 'BLOCKING OR FAULT',
  coincidence: 'COINCIDENCE WITH EVENTS',
  throttling: 'THROTTLING',
  irregular: 'SERIES WITHOUT A SCHEDULE, AS PUBLIC ARCHIVES HAVE THEM',
  plain: 'TABLES WITHOUT PAIRS',
  pooling: 'STARTS WITH OTHER NETWORKS AND SERVICES TAKEN INTO ACCOUNT',
  raised: 'CAUSES OF INCIDENTS THAT WERE RAISED',
  pairs: 'WHAT THE PAIRS SHOW WHERE NAMES MAY BE EXCHANGED',
  devices: 'WHAT ONE MORE DEVICE ADDS',
}

/** In this order they are shown. */
const SHOWN = [
  'cause',
  'raised',
  'pairs',
  'coincidence',
  'throttling',
  'irregular',
  'plain',
  'pooling',
  'devices',
] as const

const titled = (title: string, { table }: Pick<PartResult, 'table'>): readonly Figure[] => [
  { figure: title, value: '' },
  ...table,
]

export const bench: Bench = {
  summary: 'incidents, their dates and causes, and coincidence with events, on simulated series with known truth',
  parts: PARTS,
  async run({ quick, part }) {
    const alone = PARTS.find((one) => one === part)
    if (alone !== undefined) {
      const result = await runPart({ name: alone, quick })
      return { ...result, table: titled(TITLES[alone], result) }
    }
    const begun = performance.now()
    const done = (what: string): void => {
      process.stderr.write(`${what} done after ${Math.round((performance.now() - begun) / 1000)} s\n`)
    }
    const chain = await runChain({ quick })
    done('incidents')
    const parts = await runParts(PARTS, quick)
    done(Object.keys(TITLES).join(', '))
    const speed = await runSpeed({ quick })
    done('speed')
    const shown = SHOWN.flatMap((name) => {
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
