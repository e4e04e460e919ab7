import { createHash } from 'node:crypto'
import { parseInstant } from '../../../src/core/model/units.ts'
import { FORMS, TABLES, type FileForm } from '../../../src/site/dataset/columns.ts'
import { filesOf, type DatasetFile, type DatasetMonth, type DatasetShelf } from '../../../src/site/dataset/contract.ts'

/** What each file of the shelf holds: its own name. */
export const contentOf = (name: string): Buffer => Buffer.from(`content of ${name}`)

const files = (month: string, edition: string, simulated: boolean): readonly DatasetFile[] =>
  TABLES.flatMap((table, at) =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- names of the table
    (Object.keys(FORMS) as FileForm[]).map((form) => {
      const name = `kuager-${simulated ? 'simulated-' : ''}${table}-${month}-${edition}.${FORMS[form]}`
      const sha256 = createHash('sha256').update(contentOf(name)).digest('hex')
      return { name, table, form, rows: [133_210, 1_664_020, 34][at] ?? 0, bytes: contentOf(name).length, sha256 }
    }),
  )

/** A running month, a finished one that was changed, and one that is being made again after an erasure. */
export const sampleMonths = (simulated: boolean): readonly DatasetMonth[] => [
  {
    month: '2026-03',
    simulated,
    versions: [],
    running: { asOf: parseInstant('2026-03-05T12:00:00Z'), files: files('2026-03', 'until-20260305T1200Z', simulated) },
    isWithdrawn: false,
  },
  {
    month: '2026-02',
    simulated,
    versions: [
      {
        version: 1,
        madeAt: parseInstant('2026-03-03T00:00:00Z'),
        reason: { kind: 'first' },
        files: files('2026-02', 'v1', simulated),
      },
      {
        version: 2,
        madeAt: parseInstant('2026-03-04T06:00:00Z'),
        reason: {
          kind: 'changed',
          measurements: { added: 12, removed: 1, changed: 40 },
          incidents: { added: 0, removed: 0, changed: 2 },
        },
        files: files('2026-02', 'v2', simulated),
      },
    ],
    isWithdrawn: false,
  },
  {
    month: '2026-01',
    simulated,
    versions: [
      {
        version: 1,
        madeAt: parseInstant('2026-02-03T00:00:00Z'),
        reason: { kind: 'first' },
        files: files('2026-01', 'v1', simulated),
      },
    ],
    isWithdrawn: true,
  },
]

/** A shelf over them. */
export function sampleDatasets(simulated = false, months = sampleMonths(simulated)): DatasetShelf {
  const find = (name: string): DatasetFile | undefined => months.flatMap(filesOf).find((one) => one.name === name)
  return {
    months: async () => months,
    again: () => undefined,
    find: async (name) => find(name),
    open: async (name, { first, last }) => {
      const bytes = contentOf(name)
      const stream = new Blob([Uint8Array.from(bytes.subarray(first, last + 1))]).stream()
      return find(name) === undefined ? undefined : { bytes: bytes.length, stream }
    },
  }
}
