import { z } from 'zod'
import { LETTER_ID, TIERS, VOID_REASONS, type SignatureTier } from '../core/letter.ts'
import { regionSchema, type Region } from '../../core/model/region.ts'

/** More signatures than this, of one letter in a day, need two people. */
export const MOST_ALONE = 100
/** Most signatures of one job. */
export const MOST_OF_JOB = 200_000

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const signature = z.string().regex(/^[0-9a-f]{128}$/)

/** Which signatures are meant. Every member given must fit. */
export const removalFilterSchema = z.strictObject({
  tier: z.enum(TIERS).optional(),
  region: regionSchema.optional(),
  /** Label of a group that was held. */
  held: z.string().min(1).max(64).optional(),
  /** Start of the first hour and end of the last, milliseconds. */
  hours: z.strictObject({ since: z.number().int(), until: z.number().int() }).optional(),
  /** Named one by one, as a holder of the keys does who has read them. */
  cts: z.array(sha256).max(MOST_OF_JOB).readonly().optional(),
})
export type RemovalFilter = z.infer<typeof removalFilterSchema>

/**
 * A removal as it is laid before those who approve it. `void`: counted ones count no longer, reversible. `refuse`: held
 * ones are removed for good, none of them ever counted. `release`: held ones count. `restore`: a `void` is undone.
 */
export const removalJobSchema = z.strictObject({
  format: z.literal('kuager-letter-removal/1'),
  /** 16 hexadecimal digits, random. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  letter: z.string().regex(LETTER_ID),
  act: z.enum(['void', 'refuse', 'release', 'restore']),
  reason: z.enum(VOID_REASONS),
  /** Why, in the words of the person who asks for it; never shown. */
  note: z.string().max(1000),
  made_at_utc: z.iso.datetime(),
  /** Job that a `restore` undoes. */
  undoes: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  count: z.number().int().positive().max(MOST_OF_JOB),
  /** SHA-256 over the `ct` of all, sorted, a line feed behind each. */
  cts_sha256: sha256,
})
export type RemovalJob = z.infer<typeof removalJobSchema>

/** A person who may approve: name and public key, 64 hexadecimal digits of Ed25519. `reviewers.json` of the folder. */
export const reviewersSchema = z
  .array(z.strictObject({ name: z.string().min(1).max(120), key: z.string().regex(/^[0-9a-f]{64}$/) }))
  .max(50)
export type Reviewers = z.infer<typeof reviewersSchema>

/** An approval: Ed25519 over the canonical JSON of the job. */
export const approvalSchema = z.strictObject({ job: z.string(), key: z.string().regex(/^[0-9a-f]{64}$/), signature })
export type Approval = z.infer<typeof approvalSchema>

/** What a job would do, before it does. */
export interface RemovalPreview {
  readonly job: RemovalJob
  readonly tiers: Readonly<Partial<Record<SignatureTier, number>>>
  readonly regions: Readonly<Partial<Record<Region, number>>>
  readonly hours: readonly { readonly hour: number; readonly count: number }[]
  /** How many people have to approve, and who has. */
  readonly needs: 0 | 2
  readonly approvedBy: readonly string[]
}

export type RemovalState = 'waiting' | 'done' | 'undone'

/** Removals of several signatures at once: preview, reason, approvals, run, and the way back. */
export interface RemovalDesk {
  /** Lays a job before those who approve; nothing is changed yet. Throws InputError where nothing fits. */
  plan(asked: {
    readonly letter: string
    readonly act: 'void' | 'refuse' | 'release'
    readonly reason: RemovalJob['reason']
    readonly note: string
    readonly filter: RemovalFilter
  }): Promise<RemovalPreview>
  /** Lays the way back of a `void` job before those who approve. */
  planRestore(job: string, note: string): Promise<RemovalPreview>
  /** Takes an approval. Throws InputError for one that is not of a reviewer, or not of this job. */
  approve(approval: Approval): Promise<RemovalPreview>
  /** Does it; gives how many signatures changed. Throws InputError where approvals are missing. Again: 0. */
  run(job: string): Promise<number>
  job(id: string): Promise<(RemovalPreview & { readonly state: RemovalState }) | undefined>
  jobs(): Promise<readonly { readonly job: RemovalJob; readonly state: RemovalState }[]>
}
