import { z } from 'zod'
import type { CaseFile } from '../case/case-form.ts'
import type { Deadline } from '../deadlines/compute.ts'
import type { Paper } from '../../documents/paper.ts'
import { lawUsed } from './law-list.ts'
import type { LawChange } from './law-form.ts'
import { lawOf, saidDigest, type Law } from './load-law.ts'

/** With which law documents of a case were made: of `papers/made-of.json`. */
export const lawRecordSchema = z.object({
  version: z.string().max(40),
  sha256: z.string().max(64),
  /** Every rule and provision that they use, with the SHA-256 of what it said: `rule:appeal`, `law:appeal-term`, `days-off`. */
  used: z.record(z.string().max(100), z.string().max(64)),
})
export type LawRecord = z.infer<typeof lawRecordSchema>

/** What documents and deadlines of a case use of the law, as it is now. */
export function lawRecord(law: Law, papers: readonly Paper[], deadlines: readonly Deadline[]): LawRecord {
  const running = deadlines.filter(({ kind }) => kind !== 'not-running').map(({ rule }) => rule)
  const names = new Set([
    ...running.map(({ id }) => `rule:${id}`),
    ...running.flatMap((rule) => lawOf(law, rule)).map(({ id }) => `law:${id}`),
    ...papers.flatMap((paper) => lawUsed(law, paper)).map((id) => `law:${id}`),
    ...(running.length === 0 ? [] : ['days-off']),
  ])
  const used = [...names].toSorted().map((name) => [name, saidDigest(law, name) ?? ''] as const)
  return { version: law.version, sha256: law.sha256, used: Object.fromEntries(used) }
}

/** What a person must know before they rely on documents or dates of an earlier version. */
export type LawNotice =
  /** Nothing says which law they were made with: everything that changed is named. */
  | { readonly kind: 'unknown'; readonly changes: readonly LawChange[] }
  | {
      readonly kind: 'changed'
      readonly version: string
      /** Rules and provisions that say something else now, or are gone. */
      readonly names: readonly string[]
      readonly changes: readonly LawChange[]
    }

/**
 * Compares the law of a case with the law as it is. Undefined where nothing that it uses has changed, and of a case that is
 * younger than the law and has no documents.
 */
export function lawNotice(
  law: Law,
  file: Pick<CaseFile, 'made_at_utc'>,
  { built, record }: { readonly built: boolean; readonly record: LawRecord | undefined },
): LawNotice | undefined {
  if (record === undefined) {
    const older = file.made_at_utc.slice(0, 10) < law.version.slice(0, 10)
    return built || older ? { kind: 'unknown', changes: law.changes } : undefined
  }
  const names = Object.entries(record.used).flatMap(([name, digest]) =>
    saidDigest(law, name) === digest ? [] : [name],
  )
  if (names.length === 0) return undefined
  const concerns = ({ version, rules }: LawChange): boolean =>
    version > record.version && (rules.length === 0 || rules.some((id) => record.used[`rule:${id}`] !== undefined))
  return { kind: 'changed', version: record.version, names, changes: law.changes.filter(concerns) }
}
