import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { World } from '../../runtime/world.ts'
import type { StudiedIncident } from '../../core/detect/coincidence/examine.ts'
import { CAUSE_WORDS } from '../../core/model/incident/cause.ts'
import { InputError } from '../../core/model/errors.ts'
import { INCIDENT_STATES, type Edge } from '../../core/model/incident/incident.ts'
import { parseAsn, parseInstant, type Instant } from '../../core/model/units.ts'
import { printable } from '../../core/text/printable.ts'

const time = z.iso.datetime().nullable().optional()
const edge = z.object({
  median_utc: time,
  lo95_utc: time,
  hi95_utc: time,
  lo50_utc: time,
  hi50_utc: time,
  bracket_utc: z.tuple([time, time]).optional(),
  open: z.boolean().optional(),
})
/** A line of `kuager incidents --json`; members that a coincidence does not need may be missing. */
const lineSchema = z.object({
  service: z.string().min(1),
  network: z.string(),
  state: z.enum(INCIDENT_STATES),
  start: edge,
  end: edge.optional(),
  cause: z.object({ word: z.enum(CAUSE_WORDS) }).optional(),
  withdrawn: z.boolean().optional(),
})

const at = (text: string | null | undefined): Instant | undefined =>
  text === null || text === undefined ? undefined : parseInstant(text)

function decodeEdge(wire: z.infer<typeof edge> | undefined): Edge {
  const bounds = {
    median: at(wire?.median_utc),
    lo50: at(wire?.lo50_utc),
    hi50: at(wire?.hi50_utc),
    lo95: at(wire?.lo95_utc),
    hi95: at(wire?.hi95_utc),
  }
  const known = Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined))
  const [before, after] = wire?.bracket_utc ?? []
  return {
    kind: wire === undefined || wire.open === true ? 'open' : 'dated',
    ...known,
    bracket: [at(before), at(after)],
  }
}

/**
 * Incidents of a file of `kuager incidents --json`, one object a line, withdrawn ones left out. Curves are not in it.
 * Throws InputError with the line that cannot be read.
 */
export async function readIncidentLines(file: string, world: World): Promise<readonly StudiedIncident[]> {
  const refuse = (path: string, found: string): InputError =>
    new InputError(`Cannot read incidents "${printable(file)}", ${path}: ${printable(found)}`, {
      code: 'incidents.invalid',
      path,
      expected: 'lines of "kuager incidents --json"',
    })
  let text: string
  try {
    text = await readFile(resolve(world.cwd, file), 'utf8')
  } catch (error) {
    throw refuse('file', error instanceof Error && 'code' in error ? String(error.code) : 'it does not open')
  }
  return text.split('\n').flatMap((line, index): readonly StudiedIncident[] => {
    if (line.trim() === '') return []
    const place = `line ${index + 1}`
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      throw refuse(place, 'no JSON')
    }
    const parsed = lineSchema.safeParse(value)
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      throw refuse(place, `/${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'wrong shape'}`)
    }
    const { service, network, state, start, end, cause, withdrawn } = parsed.data
    if (withdrawn === true) return []
    const word = cause === undefined ? {} : { word: cause.word }
    const edges = { start: decodeEdge(start), end: decodeEdge(end) }
    return [{ service, asn: parseAsn(network), state, ...edges, curve: [], ...word }]
  })
}
