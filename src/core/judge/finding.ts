import type { Layer, Mechanism } from '../model/measured/mechanism.ts'
import {
  FACTS,
  type Fact,
  type Ground,
  type GroundRole,
  type HALVINGS,
  type LayerState,
  type Missing,
} from '../model/measured/verdict.ts'
import { RULES, type RuleId } from './rules.ts'

export type Halving = (typeof HALVINGS)[number]

/** What one layer of one hop shows by itself, with what it rests on. */
export interface Finding {
  readonly layer: Layer
  readonly hop: number
  /** A layer without operations gives no finding at all. */
  readonly state: Exclude<LayerState, 'untested'>
  readonly rule: RuleId
  readonly log10Lr: number
  readonly mechanism?: Mechanism
  readonly grounds: readonly Ground[]
  readonly missing: readonly Missing[]
  /** Whether the failure belongs to the line, the probe or the origin, so that nothing else may be read from it. */
  readonly settled?: boolean
}

export interface FindingDetail {
  readonly hop?: number
  readonly mechanism?: Mechanism | undefined
  readonly grounds?: readonly Ground[]
  readonly missing?: readonly Missing[]
  readonly halvings?: readonly Halving[]
  readonly settled?: boolean
}

/** One ground; `of` is the row it was read from. */
export function ground(
  fact: Fact,
  role: GroundRole,
  values: Readonly<Record<string, string | number | undefined>> = {},
  of?: { readonly source: string },
): Ground {
  const layer = LAYER_OF.get(fact)
  const said = defined(values)
  // Four literals instead of one with spreads: every measurement makes dozens of grounds.
  if (layer === undefined)
    return of === undefined ? { fact, role, values: said } : { fact, role, source: of.source, values: said }
  return of === undefined ? { fact, role, layer, values: said } : { fact, role, layer, source: of.source, values: said }
}

type Values = Readonly<Record<string, string | number>>

/** The values that are there; the same object where all are. */
function defined(values: Readonly<Record<string, string | number | undefined>>): Values {
  for (const key in values)
    if (values[key] === undefined)
      return Object.fromEntries(
        Object.entries(values).filter((one): one is [string, string | number] => one[1] !== undefined),
      )
  return values as Values
}

function factLayer(fact: Fact): Layer | undefined {
  const head = fact.slice(0, fact.indexOf('.'))
  return head === 'dns' || head === 'tcp' || head === 'tls' || head === 'quic' || head === 'http' || head === 'tunnel'
    ? head
    : undefined
}

const LAYER_OF: ReadonlyMap<Fact, Layer | undefined> = new Map(FACTS.map((fact) => [fact, factLayer(fact)]))

const round = (ratio: number): number => Math.round(ratio * 1000) / 1000

/** The finding halved again, for a reason, unless it already is for the same one. */
export function halved(one: Finding, why: Halving): Finding {
  const said = ground('ratio.halved', 'context', { why })
  if (one.grounds.some(({ fact, values }) => fact === said.fact && values['why'] === why)) return one
  return { ...one, log10Lr: round(one.log10Lr / 2), grounds: [...one.grounds, said] }
}

/** A finding whose ratio is its rule's, halved once for each reason given; each halving becomes a ground. */
export function finding(layer: Layer, state: Finding['state'], rule: RuleId, detail: FindingDetail = {}): Finding {
  const halvings = detail.halvings ?? []
  const ratio = RULES[rule].log10Lr / 2 ** halvings.length
  const given = detail.grounds ?? []
  const made: { -readonly [Key in keyof Finding]: Finding[Key] } = {
    layer,
    hop: detail.hop ?? 0,
    state,
    rule,
    log10Lr: round(ratio),
    grounds:
      halvings.length === 0 ? given : [...given, ...halvings.map((why) => ground('ratio.halved', 'context', { why }))],
    missing: detail.missing ?? [],
  }
  if (detail.mechanism !== undefined) made.mechanism = detail.mechanism
  if (detail.settled === true) made.settled = true
  return made
}
