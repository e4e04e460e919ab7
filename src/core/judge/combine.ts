import { LAYERS } from '../model/measured/mechanism.ts'
import type { Ground, Kind, LayerFinding, Missing, Verdict } from '../model/measured/verdict.ts'
import type { Finding } from './finding.ts'
import { RULES, type RuleId } from './rules.ts'

export interface Endpoints {
  readonly tested: number
  readonly failed: number
}

/** What a verdict is put together from. */
export interface Combined {
  readonly kind: Kind
  /** The finding that decided; absent where no layer did. */
  readonly deciding?: Finding
  readonly rule: RuleId
  readonly findings: readonly Finding[]
  readonly endpoints: Endpoints
  readonly context?: readonly Ground[]
  readonly missing?: readonly Missing[]
  readonly rulesVersion: string
}

/** Findings in the order in which a person's exchange meets them. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  for (let i = 1; i < findings.length; i++)
    if (compare(findings[i - 1]!, findings[i]!) > 0) return findings.toSorted(compare) // both are below the length
  return findings
}

const compare = (a: Finding, b: Finding): number => a.hop - b.hop || LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer)

/**
 * What the connection itself explains is not evidence in any layer: code that counts layers later must not take it for
 * one.
 */
const spoil = (one: Finding): Finding => ({ ...one, state: 'inconclusive', log10Lr: 0 })

/** A verdict names what decided it: where a finding left that open (a layer passed), its first ground does. */
function withDecisive(grounds: readonly Ground[]): readonly Ground[] {
  const [first, ...rest] = grounds
  if (first === undefined || grounds.some((one) => one.role === 'decisive')) return grounds
  return [{ ...first, role: 'decisive' }, ...rest]
}

const toLayer = ({ layer, state, mechanism, rule, log10Lr, hop }: Finding): LayerFinding =>
  mechanism === undefined ? { layer, state, rule, log10Lr, hop } : { layer, state, mechanism, rule, log10Lr, hop }

/** Puts a verdict together; the grounds of the deciding finding come first. */
export function combine(parts: Combined): Verdict {
  const { deciding } = parts
  const decides = deciding === undefined ? [] : withDecisive(deciding.grounds)
  const seen = new Set(deciding?.grounds)
  const context: Ground[] = []
  for (const one of inOrder(parts.findings)) {
    if (one === deciding || (deciding !== undefined && one.hop > deciding.hop)) continue
    for (const said of one.grounds)
      if (!seen.has(said) && said.fact !== 'ratio.halved' && context.length < 12)
        context.push(said.role === 'decisive' ? { ...said, role: 'context' } : said)
  }
  const mechanism = deciding?.mechanism
  const spoiled = deciding?.settled === true && parts.kind === 'inconclusive'
  const layer = parts.kind === 'interfered' || parts.kind === 'unreachable' ? deciding?.layer : layerOf(deciding, parts)
  return {
    kind: parts.kind,
    ...(mechanism === undefined ? {} : { mechanism }),
    ...(layer === undefined ? {} : { layer }),
    rule: parts.rule,
    rulesVersion: parts.rulesVersion,
    log10Lr: deciding?.log10Lr ?? RULES[parts.rule].log10Lr,
    layers: inOrder(parts.findings).map((one) => toLayer(spoiled && one.state === 'interfered' ? spoil(one) : one)),
    endpoints: parts.endpoints,
    grounds: [...decides, ...context, ...(parts.context ?? [])],
    missing: [...new Set([...(deciding?.missing ?? []), ...(parts.missing ?? [])])],
  }
}

/** A reachable verdict has no failing layer to name; an inconclusive one names the layer that could not be judged. */
function layerOf(deciding: Finding | undefined, parts: Combined): Finding['layer'] | undefined {
  return parts.kind === 'inconclusive' && deciding?.settled !== true ? deciding?.layer : undefined
}
