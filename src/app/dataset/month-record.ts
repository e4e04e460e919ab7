import { z } from 'zod'
import { formatInstantUtc, parseInstant, type Instant } from '../../core/model/units.ts'
import { FORMS, TABLES, type FileForm } from '../../site/dataset/columns.ts'
import type { DatasetMonth } from '../../site/dataset/contract.ts'

/** Numbers that change when what a month holds changes. */
export interface MonthPrint {
  readonly measurements: number
  readonly ids: string
  readonly judgements: string
  /** Of the incidents that began in it, with their revisions. */
  readonly incidents: string
  /** Leaves that were erased by then, of all months. */
  readonly erased: number
}

/** What is known of the files of a month. Only this file says which files there are; others are left from a crash. */
export interface MonthRecord extends DatasetMonth {
  /** Of what the present files were made from. */
  readonly print: MonthPrint
  readonly madeAt: Instant
  /** Hash of the rows of each table in the present files, before they were compressed. */
  readonly rows: Readonly<Record<string, string>>
}

const count = z.int().min(0)
const time = z.iso.datetime().transform((text) => parseInstant(text))
const file = z.strictObject({
  name: z.string().regex(/^kuager-[a-z0-9.-]+$/i),
  table: z.enum(TABLES),
  form: z.custom<FileForm>((value) => typeof value === 'string' && Object.hasOwn(FORMS, value)),
  rows: count,
  bytes: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
const changes = z.strictObject({ added: count, removed: count, changed: count })
const reason = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('first') }),
  z.strictObject({ kind: z.literal('changed'), measurements: changes, incidents: changes }),
])
const recordSchema = z.strictObject({
  month: z.string().regex(/^\d{4}-\d{2}$/),
  simulated: z.boolean(),
  versions: z.array(z.strictObject({ version: z.int().min(1), made_at_utc: time, reason, files: z.array(file) })),
  running: z.strictObject({ as_of_utc: time, files: z.array(file) }).nullable(),
  withdrawn: z.boolean(),
  print: z.strictObject({
    measurements: count,
    ids: z.string(),
    judgements: z.string(),
    incidents: z.string(),
    erased: count,
  }),
  made_at_utc: time,
  rows: z.record(z.string(), z.string()),
})

/** Reads the record of a month; throws where it is not one. */
export function parseMonthRecord(text: string): MonthRecord {
  const { versions, running, withdrawn, made_at_utc: madeAt, ...rest } = recordSchema.parse(JSON.parse(text))
  return {
    ...rest,
    madeAt,
    isWithdrawn: withdrawn,
    versions: versions.map(({ made_at_utc: at, ...one }) => ({ ...one, madeAt: at })),
    ...(running === null ? {} : { running: { asOf: running.as_of_utc, files: running.files } }),
  }
}

export const encodeMonthRecord = (record: MonthRecord): string =>
  `${JSON.stringify(
    {
      month: record.month,
      simulated: record.simulated,
      versions: record.versions.map(({ version, madeAt, reason: why, files }) => ({
        version,
        made_at_utc: formatInstantUtc(madeAt),
        reason: why,
        files,
      })),
      running:
        record.running === undefined
          ? null
          : { as_of_utc: formatInstantUtc(record.running.asOf), files: record.running.files },
      withdrawn: record.isWithdrawn,
      print: record.print,
      made_at_utc: formatInstantUtc(record.madeAt),
      rows: record.rows,
    },
    null,
    1,
  )}\n`
