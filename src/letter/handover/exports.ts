import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../core/model/errors.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

const FILE = 'exports.json'

const exportSchema = z.strictObject({
  at_utc: z.iso.datetime(),
  letter: z.string(),
  /** Who took it and why, in the words of the person who ran the command. */
  by: z.string(),
  why: z.string(),
  signatures: z.number().int(),
  log_size: z.number().int(),
  manifest_sha256: z.string(),
})
export type ExportRecord = z.infer<typeof exportSchema>

/** Every handover that was written out of a folder, in its order. Throws Fault for a damaged file. */
export async function readExports(folder: string): Promise<readonly ExportRecord[]> {
  const bytes = await readWhole(join(folder, FILE))
  if (bytes === undefined) return []
  try {
    return z.array(exportSchema).parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new Fault(`Cannot read "${join(folder, FILE)}": it is damaged`, { cause: error })
  }
}

/** Adds a record, durable when resolved: before the first byte leaves the folder. */
export async function recordExport(folder: string, record: ExportRecord): Promise<void> {
  const all = [...(await readExports(folder)), record]
  await writeDurable(join(folder, FILE), Buffer.from(`${JSON.stringify(all, undefined, 2)}\n`))
}
