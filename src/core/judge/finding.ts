import type { Layer, Mechanism } from '../model/measured/mechanism.ts'
import type { Fact, Ground, GroundRole, HALVINGS, LayerState, Missing } from '../model/measured/verdict.ts'
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
  const said: Record<string, string | number> = {}
  for (const key of Object.keys(values)) {
    const value = values[key]
    if (value !== undefined) said[key] = value
  }
  const layer = factLayer(fact)
  return {
    fact,
    role,
    ...(layer === undefined ? {} : { layer }),
    ...(of === undefined ? {} : { source: of.source }),
    values: said,
  }
}

function factLayer(fact: Fact): Layer | undefined {
  const head = fact.slice(0, fact.indexOf('.'))
  return head === 'dns' || head === 'tcp' || head === 'tls' || head === 'quic' || head === 'http' || head === 'tunnel'
    ? head
    : undefined
}

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
  return {
    layer,
    hop: detail.hop ?? 0,
    state,
    rule,
    log10Lr: round(ratio),
    ...(detail.mechanism === undefined ? {} : { mechanism: detail.mechanism }),
    grounds: [...(detail.grounds ?? []), ...halvings.map((why) => ground('ratio.halved', 'context', { why }))],
    missing: detail.missing ?? [],
    ...(detail.settled === true ? { settled: true } : {}),
  }
}
