import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import { defined } from '../../core/model/defined.ts'
import type { Names } from '../../core/text/names.ts'
import type { AnnexFile, ExhibitGround, LogFacts } from '../../casework/exhibit/finding.ts'
import type { Measured } from '../../core/derive/measured.ts'
import { parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { verifyReply } from '../../core/evidence/time-stamp/verify-reply.ts'
import { evaluatePolicy, parsePolicy } from '../../core/evidence/witness/policy.ts'
import type { Operator } from '../../core/model/operator.ts'
import { parseInstant, type Instant } from '../../core/model/units.ts'
import type { BundledMeasurement } from '../../pipeline/bundle/make-bundle.ts'
import type { ExhibitAbout } from '../../pipeline/bundle/write-bundle.ts'
import { sha256, verifyEd25519 } from '../../runtime/ed25519.ts'

export interface ExhibitParts {
  readonly names: Names
  readonly operator: Operator | undefined
  readonly comparisons: readonly string[]
}

/**
 * What papers say of any bundle, from its files and what was judged of its measurements; `own` are those it is about.
 */
export async function groundOf(
  about: ExhibitAbout,
  {
    measurements,
    own,
  }: { readonly measurements: readonly BundledMeasurement[]; readonly own: readonly BundledMeasurement[] },
  { operator }: Pick<ExhibitParts, 'operator'>,
): Promise<ExhibitGround> {
  const { index, program, redactions } = about
  return {
    id: index.name,
    madeAt: parseInstant(index.made_at_utc),
    measurements: measurements.map(({ line }) => line),
    targets: [...new Set(own.flatMap(({ targets }) => targets))].toSorted(namesFirst),
    software: softwareOf(measurements.flatMap(({ measured }) => measured ?? [])),
    ...defined({ operator }),
    program,
    log: await logFacts(about),
    redactions,
    annexes: about.files.map(annexOf),
  }
}

/** Names by their letters, then bare addresses, which say less to a reader. */
const namesFirst = (a: string, b: string): number => isIP(a) - isIP(b) || (a < b ? -1 : 1)

/** Name of a service; its id where the name is unknown. */
export const exhibitServiceName = (id: string, { services }: Names): string =>
  services.find((one) => one.id === id)?.name ?? id

function softwareOf(measured: readonly Measured[]): ExhibitGround['software'] {
  const named = Map.groupBy(measured, ({ head }) => `${head.softwareName} ${head.softwareVersion}`.trim())
  return [...named]
    .map(([name, all]) => ({ name, count: all.length }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

/** What confirms the time of the evidence; a stamp that does not verify is not named. */
async function logFacts({ index, stamps, read }: ExhibitAbout): Promise<LogFacts> {
  const times: { readonly authority: string; readonly at: Instant }[] = []
  for (const { authority, query, reply, checkpoint, chain } of stamps) {
    const chainPem = typeof chain === 'string' ? chain : new TextDecoder().decode(chain)
    const claim = { reply, query, sha256: sha256(checkpoint), chainPem }
    const stamp = await verifyReply(claim, { subtle: webcrypto.subtle })
    if (stamp.ok) times.push({ authority, at: stamp.genTime })
  }
  const policy = parsePolicy(await read('data/log/policy.txt'), sha256)
  const checkpoint = parseCheckpoint(await read('data/log/checkpoint'))
  const keys = new TextDecoder().decode(await read('data/log/keys.txt'))
  return {
    origin: index.log.origin,
    size: index.log.size,
    keys: keys.split('\n').filter((line) => line !== ''),
    stamps: times,
    witnesses: evaluatePolicy(checkpoint, policy, verifyEd25519).cosigned.map(({ name }) => name),
    custodyEvents: index.counts.custody,
  }
}

/** A file of the bundle, with its leaf where its name is one. */
function annexOf({ path, sha512 }: { readonly path: string; readonly sha512: string }): AnnexFile {
  const leaf = /^data\/(?:raw|revisions|events|custody)\/(\d{1,15})\.json$/.exec(path)?.[1]
  return { path, sha512, ...(leaf === undefined ? {} : { leaf: Number(leaf) }) }
}
