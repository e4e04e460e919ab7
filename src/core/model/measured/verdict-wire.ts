import type { Ground, LayerFinding, Verdict } from './verdict.ts'

/** A verdict as JSON for programs: the same names in the command line, the API and bundles. Absent is null. */
export const encodeVerdict = (verdict: Verdict): Record<string, unknown> => ({
  kind: verdict.kind,
  mechanism: verdict.mechanism ?? null,
  layer: verdict.layer ?? null,
  rule: verdict.rule,
  rules_version: verdict.rulesVersion,
  log10_lr: verdict.log10Lr,
  layers: verdict.layers.map(encodeLayer),
  endpoints: verdict.endpoints,
  grounds: verdict.grounds.map(encodeGround),
  missing: verdict.missing,
})

const encodeLayer = (finding: LayerFinding): Record<string, unknown> => ({
  layer: finding.layer,
  state: finding.state,
  mechanism: finding.mechanism ?? null,
  rule: finding.rule,
  log10_lr: finding.log10Lr,
  hop: finding.hop,
})

const encodeGround = (ground: Ground): Record<string, unknown> => ({
  fact: ground.fact,
  role: ground.role,
  layer: ground.layer ?? null,
  source: ground.source ?? null,
  values: ground.values,
})
