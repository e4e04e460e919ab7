import { resolve } from 'node:path'
import { z } from 'zod'
import type { World } from '../../runtime/world.ts'
import { shownBundles } from '../../casework/case/occurrences.ts'
import type { CaseFile } from '../../casework/case/case-form.ts'
import { InputError } from '../../core/model/errors.ts'
import { readBounded } from '../../runtime/files/copy-folder.ts'
import { printable } from '../../core/text/printable.ts'
import { jsonOrUndefined } from '../../core/model/json-text.ts'

const MOST_BYTES = 64 * 1024 * 1024

/** Of a revision in the form of docs/formats/incidents.md; its other members are passed over. */
const revisionSchema = z.object({
  id: z.string().min(1).max(300),
  revision: z.number().int().positive(),
  withdrawn: z.boolean(),
})
type Revision = z.infer<typeof revisionSchema>

/** What became of the incident that a bundle of the case shows, by a list of incidents. */
export type BundleSince =
  | { readonly kind: 'same' }
  | { readonly kind: 'revised'; readonly revision: number }
  | { readonly kind: 'withdrawn' }
  /** The list does not hold it. */
  | { readonly kind: 'not-listed' }

/**
 * The latest revision of each incident in a list that a person saved: JSON lines of `kuager incidents --json`, or an
 * answer of `/api/v1/incidents`. Nothing is fetched: a question to a server about an incident tells it which one.
 * Throws InputError for anything else.
 */
export async function readRevisions(file: string, world: World): Promise<ReadonlyMap<string, Revision>> {
  const refuse = (found: string): InputError =>
    new InputError(`Cannot read revisions "${printable(file)}": ${found}`, {
      code: 'case.revisions',
      path: '--revisions',
      expected: 'what "kuager incidents --json" prints or /api/v1/incidents answers, at most 64 MiB',
    })
  const bytes = await readBounded(resolve(world.cwd, file), MOST_BYTES)
  if (bytes === undefined) throw refuse('there is no such file, or it is too large')
  const latest = new Map<string, Revision>()
  for (const value of valuesOf(new TextDecoder().decode(bytes))) {
    const { data } = revisionSchema.safeParse(value)
    if (data === undefined) throw refuse('it holds what is no revision of an incident')
    if (data.revision >= (latest.get(data.id)?.revision ?? 0)) latest.set(data.id, data)
  }
  if (latest.size === 0) throw refuse('it holds no incident')
  return latest
}

const answerSchema = z.object({ incidents: z.array(z.unknown()) })

function valuesOf(text: string): readonly unknown[] {
  const whole = jsonOrUndefined(text)
  if (Array.isArray(whole)) return whole as readonly unknown[]
  const answer = answerSchema.safeParse(whole)
  if (answer.success) return answer.data.incidents
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(jsonOrUndefined)
}

/** By record, what became of the incident of each bundle that the papers are made from. */
export const sinceBundles = (file: CaseFile, latest: ReadonlyMap<string, Revision>): ReadonlyMap<string, BundleSince> =>
  new Map(
    shownBundles(file).flatMap(({ id, bundle }): readonly (readonly [string, BundleSince])[] => {
      const incident = bundle?.incident
      if (incident === undefined || incident === null) return []
      return [[id, sinceOf(incident, latest.get(incident.id))]]
    }),
  )

function sinceOf(shown: Pick<Revision, 'revision' | 'withdrawn'>, found: Revision | undefined): BundleSince {
  if (found === undefined) return { kind: 'not-listed' }
  if (found.withdrawn && !shown.withdrawn) return { kind: 'withdrawn' }
  return found.revision > shown.revision ? { kind: 'revised', revision: found.revision } : { kind: 'same' }
}
