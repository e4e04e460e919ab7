import { join } from 'node:path'
import { z } from 'zod'
import { Fault, InputError } from '../../core/model/errors.ts'
import { REAL_DISK, isMissing, type Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { approvalSchema, MOST_OF_JOB, removalJobSchema, reviewersSchema, type Reviewers } from './contract.ts'
import { jsonOrUndefined } from '../../core/model/json-text.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** A job as it is kept: `cts` those it was made from, `did` those that it changed. */
const recordSchema = z.strictObject({
  job: removalJobSchema,
  cts: z.array(sha256).max(MOST_OF_JOB),
  /** `running`: it was begun; whether it was done shows in the registry. */
  state: z.enum(['waiting', 'running', 'done', 'undone']),
  approvals: z.array(approvalSchema).max(50),
  did: z.array(sha256).max(MOST_OF_JOB),
  ran_at: z.number().int().nullable(),
  /** Whether it needed two people. */
  approved: z.boolean(),
})
export type RemovalRecord = z.infer<typeof recordSchema>

const NAME = /^[0-9a-f]{16}\.json$/

/** Jobs of removal as files of the folder, one each, and those who may approve them. */
export class RemovalFiles {
  readonly #folder: string
  readonly #reviewers: string
  readonly #disk: Disk

  constructor(folder: string, disk: Disk = REAL_DISK) {
    this.#folder = join(folder, 'removals')
    this.#reviewers = join(folder, 'reviewers.json')
    this.#disk = disk
  }

  async save(record: RemovalRecord): Promise<void> {
    await this.#disk.makeFolder(this.#folder)
    await writeDurable(this.#file(record.job.id), Buffer.from(JSON.stringify(record)), this.#disk)
  }

  async load(id: string): Promise<RemovalRecord | undefined> {
    if (!/^[0-9a-f]{16}$/.test(id)) return undefined
    return this.#read(this.#file(id), recordSchema)
  }

  async list(): Promise<readonly RemovalRecord[]> {
    const records: RemovalRecord[] = []
    for (const name of await this.#names()) {
      const record = await this.#read(join(this.#folder, name), recordSchema)
      if (record !== undefined) records.push(record)
    }
    return records.sort((a, b) => (a.job.made_at_utc < b.job.made_at_utc ? -1 : 1))
  }

  /** No one where there is no such file. Throws InputError for one that people wrote wrongly. */
  async reviewers(): Promise<Reviewers> {
    const bytes = await readWhole(this.#reviewers, this.#disk)
    const parsed = reviewersSchema.safeParse(
      bytes === undefined ? [] : jsonOrUndefined(Buffer.from(bytes).toString('utf8')),
    )
    if (parsed.success) return parsed.data
    throw new InputError(`Cannot read "${this.#reviewers}": it is no list of reviewers`, {
      code: 'reviewers.invalid',
      path: parsed.error.issues[0]?.path.join('/') ?? '',
      expected: '[{"name": …, "key": 64 hexadecimal digits of an Ed25519 key}]',
    })
  }

  /** Removes the jobs of a letter. */
  async destroy(letter: string): Promise<void> {
    const own = (await this.list()).filter(({ job }) => job.letter === letter)
    for (const { job } of own) await this.#overwrite(this.#file(job.id))
    if (own.length > 0) await this.#disk.syncFolder(this.#folder)
  }

  /** A note may name a person: its bytes go before its name does. */
  async #overwrite(path: string): Promise<void> {
    const file = await this.#disk.open(path, 'write')
    try {
      await file.write(new Uint8Array(await file.size()), 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await this.#disk.remove(path)
  }

  #file(id: string): string {
    return join(this.#folder, `${id}.json`)
  }

  async #names(): Promise<readonly string[]> {
    try {
      return (await this.#disk.list(this.#folder)).filter((name) => NAME.test(name))
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  async #read<S extends z.ZodType>(file: string, schema: S): Promise<z.infer<S> | undefined> {
    const bytes = await readWhole(file, this.#disk)
    if (bytes === undefined) return undefined
    const parsed = schema.safeParse(jsonOrUndefined(Buffer.from(bytes).toString('utf8')))
    if (!parsed.success) throw new Fault(`Cannot read "${file}": it is damaged`)
    return parsed.data
  }
}
