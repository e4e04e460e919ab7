import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { defined } from '../../src/core/model/defined.ts'
import { MINUTE_MS } from '../../src/core/model/duration.ts'
import { compare, expectedKind, type Expected, type Got, type GotVerdict } from './expectation.ts'
import type { MeasuringSide } from './measuring-side.ts'
import type { Place } from './netns.ts'
import { runProbe, type ProbeSaid } from './probe-run.ts'
import type { ReadScenario } from './scenario.ts'
import type { World } from './world.ts'

/** What one scenario came out as. */
export interface Result {
  readonly name: string
  readonly expected: string
  readonly got: string
  readonly ok: boolean
  /** Verdicts expected and got, for the matrix. */
  readonly pairs: readonly { readonly expected: string; readonly got: string }[]
  readonly seconds: number
  /** Where it went wrong: what the probe printed last. */
  readonly words?: string
}

/** What the collector says of a measurement, as far as it is read here: docs/formats/verdict.md. */
const judgedSchema = z.looseObject({
  verdict: z.looseObject({
    kind: z.string(),
    mechanism: z.string().nullish(),
    layer: z.string().nullish(),
    endpoints: z.looseObject({ tested: z.number(), failed: z.number() }),
  }),
})

/** How long the collector may take to judge what it has acknowledged. */
const JUDGED_WITHIN_MS = MINUTE_MS
const ASK_EVERY_MS = 200
const MOST_WORDS = 1500

/** The collector's verdict on a measurement; undefined where it has none within this time. */
async function verdictOf(side: MeasuringSide, id: string, withinMs: number): Promise<GotVerdict | undefined> {
  const end = Date.now() + withinMs
  for (;;) {
    const answer = judgedSchema.safeParse(await side.measurement(id))
    if (answer.success) {
      const { kind, mechanism, layer, endpoints } = answer.data.verdict
      const how = mechanism ?? layer // where no mechanism is named, the layer is the less exact answer
      return { kind, endpoints, ...(typeof how === 'string' ? { mechanism: how } : {}) }
    }
    if (Date.now() > end) return undefined
    await wait(ASK_EVERY_MS)
  }
}

/**
 * What came of a run, from the collector's side. What could not be delivered is taken as the probe judged it: there is
 * nothing else. A verdict of the probe that is not the collector's is trouble, and so is one that never comes.
 */
async function gather(said: ProbeSaid, side: MeasuringSide): Promise<Got> {
  const services = new Map<string, GotVerdict>()
  const trouble: string[] = []
  const delivered = said.submitted > 0 && said.submitted >= said.services.length
  const all = said.services.map(async (one) => ({
    ...one,
    judged: said.submitted > 0 ? await verdictOf(side, one.id, delivered ? JUDGED_WITHIN_MS : 0) : undefined,
  }))
  for (const { service, verdict, mechanism, judged } of await Promise.all(all)) {
    if (judged === undefined && delivered) trouble.push(`the collector does not judge ${service}`)
    if (judged !== undefined && judged.kind !== verdict)
      trouble.push(`the probe calls ${service} ${verdict}, the collector ${judged.kind}`)
    const own = {
      kind: verdict,
      endpoints: { tested: 0, failed: 0 },
      ...defined({ mechanism }),
    }
    services.set(service, judged ?? own)
  }
  return {
    services,
    ...defined({ line: said.line }),
    ...(trouble.length === 0 ? {} : { trouble: trouble.join('; ') }),
  }
}

/** Exit codes of a run that ended by itself: done, and done but found wanting. */
const ENDED = [0, 3]

async function measureFrom(
  place: Place,
  scenario: ReadScenario,
  { world, side }: { readonly world: World; readonly side: MeasuringSide },
): Promise<{ readonly got: Got; readonly words: string }> {
  const said = await runProbe({ world, side, scenario, place })
  const got = await gather(said, side)
  const { code, err } = said.finished
  const mayEnd = scenario.world.some(({ kind }) => kind === 'interrupt' || kind === 'few-files')
  const crashed = !ENDED.includes(code) && !mayEnd ? `exit ${code}` : undefined
  const trouble = [crashed, got.trouble].filter((one) => one !== undefined)
  return {
    got: trouble.length === 0 ? got : { ...got, trouble: trouble.join('; ') },
    words: `${err.trim().slice(-MOST_WORDS)}${got.trouble === undefined ? '' : `\n${side.log().slice(-MOST_WORDS)}`}`,
  }
}

const pairsOf = (expected: Expected, got: Got, measured: readonly string[]): Result['pairs'] =>
  measured.flatMap((service) => {
    const wanted = expectedKind(expected, service)
    if (wanted === undefined) return []
    const verdict = got.services.get(service)?.kind
    return [{ expected: wanted, got: verdict === undefined ? 'not judged' : verdict }]
  })

/** Puts the world into the state of a scenario, measures from it and compares. Throws only where the lab itself breaks. */
export async function runScenario(
  scenario: ReadScenario,
  tools: { readonly world: World; readonly side: MeasuringSide },
): Promise<Result> {
  const { world } = tools
  const began = Date.now()
  await world.applyChanges(scenario.world)
  await world.applyCensor(scenario.censor)
  const first = await measureFrom(world.places.subscriber, scenario, tools)
  const one = compare(scenario.expected, first.got, scenario.services)
  const seconds = (): number => Math.round((Date.now() - began) / 100) / 10
  const pairs = pairsOf(scenario.expected, first.got, scenario.services)
  if (scenario.second === undefined)
    return { name: scenario.name, ...one, pairs, seconds: seconds(), ...(one.ok ? {} : { words: first.words }) }
  const second = await measureFrom(world.places.secondSubscriber, scenario, tools)
  const other = compare(scenario.second, second.got, scenario.services)
  const ok = one.ok && other.ok
  return {
    name: scenario.name,
    expected: `${one.expected} | second provider: ${other.expected}`,
    got: `${one.got} | second provider: ${other.got}`,
    ok,
    pairs: [...pairs, ...pairsOf(scenario.second, second.got, scenario.services)],
    seconds: seconds(),
    ...(ok ? {} : { words: `${first.words}\n${second.words}` }),
  }
}
