// The 24 kinds of cause of the simulation: seven of interference, seventeen faults. Their laws stand in cause-kinds.json,
// written by hand from what is known of each; nothing in them is fitted to measurements.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { CAUSES } from '../../src/core/model/incident/cause.ts'

/** How the target's failures end in the generator; finer than the outcomes of the item `stage`. */
export const ENDINGS = [
  'dns',
  'tcp-silence',
  'tcp-reset',
  'tls-silence',
  'tls-reset',
  'tls-alert',
  'certificate',
  'http-error',
  'slow',
] as const
export type Ending = (typeof ENDINGS)[number]

const p = z.number().min(0).max(1)
const law = z.strictObject({
  /** P(the service's name fails at its address); `by-share`: a share drawn for each incident, partial blocking. */
  targetFails: z.union([p, z.literal('by-share')]),
  /** P(an innocent name fails at the same address). */
  innocentFails: p,
  /** P(the address itself fails), and P(its neighbour fails). */
  addressFails: p,
  neighbourFails: p,
  /** Answer of the resolver: right, odd, denied for one name, all names fail. */
  dns: z.tuple([p, p, p, p]),
  dohAnswers: p,
  stage: z.partialRecord(z.enum(ENDINGS), p),
  artefact: p,
  abroadFails: p,
  countriesFail: p,
  /** Names never restricted: all pass, some fail, all fail. */
  canary: z.tuple([p, p, p]),
  outage: p,
  vpnCures: p,
  otherNameCures: p,
  /** Place of the drop: in the country, endpoint, premises, not located. */
  ttl: z.tuple([p, p, p, p]),
  /** P(failures set in at once). */
  sharp: p,
  daily: p,
  oneVersion: p,
  ipv6Only: p,
  oneLine: p,
  sameAddressFails: p,
  unrelated: p,
  /** Owners of networks: one alone, several together, several apart. */
  scope: z.tuple([p, p, p]),
  /** P(the incident falls into the evening). */
  evening: p,
})
/** What one mode of a kind of cause makes of each item: probabilities. */
export type Law = z.infer<typeof law>

const file = z.strictObject({
  usual: law.omit({ stage: true }),
  kinds: z.array(
    z.strictObject({
      kind: z.string(),
      row: z.enum(CAUSES),
      weight: p,
      modes: z.array(z.strictObject({ share: p, law: law.partial().required({ stage: true }) })),
    }),
  ),
})

export interface Kind {
  readonly kind: string
  /** Row of the table that stands for it. */
  readonly row: (typeof CAUSES)[number]
  /** Share of it among its side in the generator's own world. */
  readonly weight: number
  readonly modes: readonly { readonly share: number; readonly law: Law }[]
}

/** Loads the kinds; what a mode does not say is as usual. */
export function loadKinds(): readonly Kind[] {
  const { usual, kinds } = file.parse(JSON.parse(readFileSync(new URL('./cause-kinds.json', import.meta.url), 'utf8')))
  return kinds.map((kind) => ({
    ...kind,
    modes: kind.modes.map(({ share, law: own }) => ({ share, law: law.parse({ ...usual, ...own }) })),
  }))
}
