import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { InputError } from '../../src/core/model/errors.ts'
import { TIERS } from '../../src/core/model/tables/service.ts'
import { censorRuleSchema } from './censor/rules.ts'
import { worldChangeSchema } from './change.ts'
import { expectedSchema, type Expected } from './expectation.ts'
import type { Plan } from './plan.ts'

/** Services measured where a scenario names none: three that a censor may touch, and one for comparison. */
const USUAL_SERVICES = ['youtube', 'facebook', 'telegram', 'wikipedia']

export const scenarioSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  /** One sentence: what happens in it, and what a measurement must make of it. */
  about: z.string().min(10),
  /** Ids of services of lab/net/services.json; those of tiers B and C are measured where they are named. */
  services: z.array(z.string()).min(1).default(USUAL_SERVICES),
  /** `core`: what is measured every quarter of an hour. */
  scope: z.enum(['core', 'full']).default('full'),
  censor: z.array(censorRuleSchema).default([]),
  world: z.array(worldChangeSchema).default([]),
  expected: expectedSchema,
  /** What a subscriber of the second provider, where no censor stands, must find; absent: nobody asks. */
  second: expectedSchema.optional(),
})
/** As a scenario is written: what has a default may be left out. */
export type Scenario = z.input<typeof scenarioSchema>
/** As it is read. */
export type ReadScenario = z.infer<typeof scenarioSchema>

const FOLDER = new URL('scenarios/', import.meta.url)

const wrong = (name: string, what: string): InputError =>
  new InputError(`Cannot read scenario "${name}": ${what}`, {
    code: 'scenario.invalid',
    path: name,
    expected: 'what docs/operating/lab.md says of a scenario',
  })

/** Names of all scenarios: those of the files in lab/net/scenarios. */
export const scenarioNames = (): readonly string[] =>
  readdirSync(fileURLToPath(FOLDER))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted()

/** Reads one scenario. Throws InputError for what docs/operating/lab.md does not allow. */
export async function loadScenario(name: string, plan: Plan): Promise<ReadScenario> {
  if (!scenarioNames().includes(name)) throw wrong(name, `lab/net/scenarios/${name}.ts is not there`)
  const exported: unknown = await import(new URL(`${name}.ts`, FOLDER).href)
  const given: unknown =
    typeof exported === 'object' && exported !== null ? Reflect.get(exported, 'scenario') : undefined
  if (given === undefined) throw wrong(name, 'it exports no "scenario"')
  const { success, data, error } = scenarioSchema.safeParse(given)
  if (!success) throw wrong(name, z.prettifyError(error))
  checkNames(data, plan, name)
  return data
}

const servicesNamed = (expected: Expected): readonly string[] =>
  'service' in expected ? [expected.service].flat() : []

/** Everything a scenario names must be there, so that a slip of the pen is no scenario that passes by itself. */
function checkNames(scenario: ReadScenario, plan: Plan, file: string): void {
  if (scenario.name !== file) throw wrong(file, `its name is "${scenario.name}", not that of its file`)
  for (const id of scenario.services)
    if (!plan.services.some((one) => one.id === id)) throw wrong(file, `there is no service "${id}"`)
  for (const id of [scenario.expected, ...(scenario.second ? [scenario.second] : [])].flatMap(servicesNamed))
    if (!scenario.services.includes(id)) throw wrong(file, `it expects something of "${id}", which it does not measure`)
  for (const rule of scenario.censor) {
    for (const name of 'names' in rule ? rule.names : [])
      if (!plan.hosts.some(({ host }) => host === name || host.endsWith(`.${name}`)))
        throw wrong(file, `there is no host "${name}" nor one below it`)
    for (const target of [...('targets' in rule ? rule.targets : []), ...('only' in rule ? (rule.only ?? []) : [])])
      plan.addressesOf(target)
  }
  for (const change of scenario.world) for (const host of 'hosts' in change ? change.hosts : []) plan.addressesOf(host)
}

/** Tiers that the owner of the probe must have consented to for the services of a scenario. */
export const tiersOf = ({ services }: ReadScenario, plan: Plan): readonly string[] =>
  TIERS.filter((tier) => tier === 'A' || plan.services.some((one) => one.tier === tier && services.includes(one.id)))

/** Whether a scenario expects that something is interfered with, at either provider. */
export const expectsInterference = ({ expected, second }: Pick<ReadScenario, 'expected' | 'second'>): boolean =>
  expected.kind === 'interfered' || second?.kind === 'interfered'
