import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import { PRIORS, type Prior } from './page/shown.ts'
import type { IncidentFilter } from '../urls.ts'

const priors = Object.keys(PRIORS)
const isPrior = (text: string): text is Prior => priors.includes(text)

const choiceSchema = z.strictObject({
  prior: z.string().refine(isPrior).optional(),
  revision: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .optional(),
})
// A form sends an empty field for "all".
const filterSchema = z.strictObject({
  service: z
    .string()
    .regex(/^(?:[a-z][a-z0-9-]{0,62}|(?:web|test):[\x21-\x7e]{1,260})?$/)
    .optional(),
  network: z
    .string()
    .regex(/^(?:AS\d{1,10})?$/i)
    .optional(),
  page: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .optional(),
})

const EXPECTED: Readonly<Record<string, string>> = {
  prior: `one of ${priors.join(', ')}`,
  revision: 'the number of a revision',
  service: 'a service such as youtube',
  network: 'a network such as AS9198',
  page: 'the number of a page',
}

function parseWith<T>(schema: z.ZodType<T>, values: Readonly<Record<string, string>>): T {
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  const path = String(parsed.error.issues[0]?.path[0] ?? 'query')
  const known = Object.hasOwn(EXPECTED, path)
  throw new InputError(`Cannot read query, ${known ? path : 'unknown part'}: not as expected`, {
    code: known ? 'query.invalid' : 'query.unknown',
    path: known ? path : 'query',
    expected: EXPECTED[path] ?? `only ${Object.keys(EXPECTED).join(', ')}`,
  })
}

/** Reads from which starting point and in which revision an incident is shown. Throws InputError. */
export function parseChoice(values: Readonly<Record<string, string>>): {
  readonly prior: Prior
  readonly revision?: number
} {
  const { prior, revision } = parseWith(choiceSchema, values)
  return { prior: prior ?? '1:1', ...(revision === undefined ? {} : { revision: Number(revision) }) }
}

/** Reads which incidents are wanted, and which page of them; an empty field means all. Throws InputError. */
export function parseFilter(values: Readonly<Record<string, string>>): {
  readonly filter: IncidentFilter
  readonly page: number
} {
  const { service, network, page } = parseWith(filterSchema, values)
  const filter = {
    ...(service === undefined || service === '' ? {} : { service }),
    ...(network === undefined || network === '' ? {} : { network: network.toUpperCase() }),
  }
  return { filter, page: Number(page ?? '1') }
}
