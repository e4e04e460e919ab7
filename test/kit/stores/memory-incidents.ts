import type { Episode, Incident } from '../../../src/core/model/incident/incident.ts'
import type { IncidentStore } from '../../../src/store/incidents/contract.ts'

/** A journal of incidents in memory: the same answers as the one in a folder, without a disk. */
export function memoryIncidents(
  first: readonly Incident[],
  grouped: readonly Episode[] = [],
): Omit<IncidentStore, 'forget'> {
  const journal = [...first]
  let episodes = grouped
  const startOf = (incident: Incident): number => incident.start.median ?? incident.start.bracket[1] ?? 0
  const revisions = (id: string): Incident[] =>
    journal.filter((one) => one.id === id).toSorted((a, b) => a.revision - b.revision)
  return {
    current: async () =>
      [...new Set(journal.map(({ id }) => id))]
        .flatMap((id) => revisions(id).slice(-1))
        .toSorted((a, b) => startOf(b) - startOf(a)),
    revisions: async (id) => revisions(id),
    corrections: async () =>
      journal.filter(({ revision }) => revision > 1).toSorted((a, b) => b.revisedAt - a.revisedAt),
    episodes: async () => episodes,
    published: (id) => (id === undefined ? journal.length : revisions(id).length),
    publish: async (more, groups) => {
      journal.push(...more)
      episodes = groups
    },
    async [Symbol.asyncDispose]() {},
  }
}
