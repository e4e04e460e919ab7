import { parseLeafRecord } from '../../core/evidence/log/leaf-record.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import { formatInstantUtc, type Instant } from '../../core/model/units.ts'
import type { Archive, FullSegment } from '../../store/archive/contract.ts'
import { Portions, type JudgedPortion, type Portion } from '../judge/judge-archived.ts'
import type { KeptRun } from '../judge/judge-calls.ts'
import type { PortionJudge } from '../judge/rebuild.ts'
import type { KeepReason, Keeper } from './keep.ts'

export interface ThinParts {
  readonly archive: Pick<Archive, 'frames' | 'leaves' | 'fullSegments' | 'thin' | 'size'>
  /** Judges by today's rules, and says what is kept of each measurement. */
  readonly judge: PortionJudge
  readonly keeper: Keeper
  /** Day of a measurement: of each series and day one stays. */
  readonly dayOf: (at: Instant) => string
  /** Whether it is done; else only counted. */
  readonly act: boolean
  readonly now: () => Instant
  /** Why a segment is left as it is; undefined where it may be thinned. */
  readonly refuses?: (segment: FullSegment) => Promise<string | undefined>
  readonly onLine?: (line: string) => void
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  /** Stops between two segments, or within one, of which nothing is changed then. */
  readonly signal: AbortSignal
}

/** What was thinned, or would be. */
export interface ThinReport {
  /** By month of receipt (`YYYY-MM`, UTC): measurements, and bytes that they took. */
  readonly months: Readonly<Record<string, { readonly runs: number; readonly bytes: number }>>
  /** Measurements that stay, by the first reason. */
  readonly kept: Readonly<Partial<Record<KeepReason, number>>>
  /** Measurements of segments that still take records, or were left. */
  readonly untouched: number
}

/** A measurement that may be thinned. */
interface Candidate {
  readonly leaf: number
  readonly month: string
  readonly bytes: number
  /** SHA-256 of salt and bytes: no sender can choose it. */
  readonly draw: string
  readonly text: string
}

/**
 * Thins every full segment, one after another: a crash leaves whole segments, and the same call does the rest. What is
 * kept of a measurement is made of its bytes by today's rules, so that a rebuild gives the rows that it would have given.
 */
export async function thinArchive(parts: ThinParts): Promise<ThinReport> {
  const { archive, act, now, refuses, onLine, signal } = parts
  const months: Record<string, { runs: number; bytes: number }> = {}
  const kept: Partial<Record<KeepReason, number>> = {}
  const segments = archive.fullSegments
  let untouched = archive.size - (segments.at(-1)?.until ?? 0)
  for (const segment of segments) {
    signal.throwIfAborted()
    const refusal = await refuses?.(segment)
    if (refusal !== undefined) {
      onLine?.(`Segment ${segment.number} is left as it is: ${refusal}`)
      untouched += segment.until - segment.from
      continue
    }
    const found: Omit<Candidate, 'text' | 'draw'>[] = []
    const rows = async function* (): AsyncGenerator<readonly [number, string]> {
      for await (const { leaf, month, bytes, text } of thinned(segment, parts, (reason) => {
        kept[reason] = (kept[reason] ?? 0) + 1
      })) {
        found.push({ leaf, month, bytes })
        yield [leaf, text]
      }
    }
    if (act) await archive.thin({ segment: segment.number, at: now(), rows: rows() })
    else for await (const _ of rows());
    for (const { month, bytes } of found) {
      const sum = (months[month] ??= { runs: 0, bytes: 0 })
      sum.runs++
      sum.bytes += bytes
    }
    parts.onProgress?.({ done: segment.until, total: archive.size })
  }
  const sorted = Object.fromEntries(Object.entries(months).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return { months: sorted, kept, untouched }
}

/** Measurements of a segment that lose their bytes. Of each series and day the one with the lowest draw stays. */
async function* thinned(
  segment: FullSegment,
  parts: ThinParts,
  onKept: (reason: KeepReason) => void,
): AsyncGenerator<Candidate, void, undefined> {
  const drawn = new Map<string, Candidate>()
  for await (const { run, provenance, candidate } of judgedRuns(segment, parts, onKept)) {
    const reason = parts.keeper.byVerdict(run, provenance)
    if (reason !== undefined || candidate === undefined) {
      onKept(reason ?? 'not-the-same')
      continue
    }
    const key = `${run.service} ${run.asn} ${run.simulated} ${parts.dayOf(run.startedAt)}`
    const before = drawn.get(key)
    if (before === undefined || candidate.draw < before.draw) drawn.set(key, candidate)
    const other = before === undefined ? undefined : candidate.draw < before.draw ? before : candidate
    if (other !== undefined) yield other
  }
  for (const _ of drawn) onKept('drawn')
}

interface JudgedRun {
  readonly run: KeptRun
  readonly provenance: Provenance
  readonly candidate: Candidate | undefined
}

/** What is known of a measurement before it is judged. */
type Known = Omit<Candidate, 'text'> & { readonly provenance: Provenance }

async function* judgedRuns(
  segment: FullSegment,
  parts: ThinParts,
  onKept: (reason: KeepReason) => void,
): AsyncGenerator<JudgedRun, void, undefined> {
  const portions = new Portions()
  const known = new Map<number, Known>()
  const under: Promise<{ readonly portion: Portion; readonly judged: JudgedPortion }>[] = []
  const begin = (portion: Portion | undefined): void => {
    if (portion === undefined) return
    const judging = parts.judge.judge(portion).then((judged) => ({ portion, judged }))
    judging.catch(() => undefined) // thrown where it is awaited
    under.push(judging)
  }
  const settle = async function* (most: number): AsyncGenerator<JudgedRun> {
    while (under.length > most) {
      const { portion, judged } = await under.shift()! // there is one
      portions.release(portion)
      yield* settled(portion, judged, known, onKept)
    }
  }
  const logged = parts.archive.leaves(segment.from, segment.until)[Symbol.asyncIterator]()
  try {
    for await (const found of parts.archive.frames(segment.from)) {
      if (found.leafIndex >= segment.until) break
      parts.signal.throwIfAborted()
      const leafRecord = await logged.next()
      if (found.kind !== 'frame' || leafRecord.done === true) continue
      const { leafIndex: leaf, provenance, frame, size } = found
      const reason = parts.keeper.byRecord(leaf, provenance)
      if (reason !== undefined) {
        onKept(reason)
        continue
      }
      const draw = parseLeafRecord(leafRecord.value).original
      const month = formatInstantUtc(provenance.receivedAt).slice(0, 7)
      known.set(leaf, { leaf, month, bytes: frame.length, draw, provenance })
      begin(portions.add({ leafIndex: leaf, provenance, bytes: frame, expandsTo: size }))
      yield* settle(parts.judge.atOnce)
    }
  } finally {
    await logged.return?.()
  }
  begin(portions.finish())
  yield* settle(0)
}

function* settled(
  { places }: Portion,
  { leaves, kept = [] }: JudgedPortion,
  known: Map<number, Known>,
  onKept: (reason: KeepReason) => void,
): Generator<JudgedRun, void, undefined> {
  const runs = new Map(leaves.map((leaf, nth) => [leaf, kept[nth]]))
  for (const { leafIndex } of places) {
    const run = runs.get(leafIndex)
    const about = known.get(leafIndex)
    known.delete(leafIndex)
    if (run === undefined || about === undefined) {
      onKept('not-judged')
      continue
    }
    const { provenance, ...one } = about
    yield { run, provenance, candidate: run.text === undefined ? undefined : { ...one, text: run.text } }
  }
}
