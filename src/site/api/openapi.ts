import { z } from 'zod'
import type { Frame } from '../../web/html/frame.ts'
import type { ApiRoute } from './api-route.ts'
import { API_ROUTES } from './api-routes.ts'
import { columnName } from './csv.ts'
import examples from './examples.json' with { type: 'json' }

type Json = Readonly<Record<string, unknown>>

const problemSchema = z.strictObject({
  error: z.strictObject({
    code: z.string().describe('A word that stays'),
    path: z.string().describe('Which part of what was sent; empty where it is none'),
    expected: z.string().describe('What would have been right'),
    message: z.string(),
  }),
})

const EXAMPLES: Readonly<Record<string, unknown>> = examples

/**
 * A schema without what only our own tests hold: answers may get further members, and no client should break on them.
 */
function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([key, inside]) => key !== '$schema' && !(key === 'additionalProperties' && inside === false),
  )
  return Object.fromEntries(kept.map(([key, inside]) => [key, open(inside)]))
}

/** Answers by name, each once; what several of them hold is repeated in each, so that a schema can be copied alone. */
function schemas(): Json {
  const named = API_ROUTES.flatMap(({ answer }) => (answer === 'ooni' ? [] : [[answer.name, answer.schema] as const]))
  const all = new Map<string, z.ZodType>([...named, ['Problem', problemSchema]])
  return Object.fromEntries([...all].map(([name, schema]) => [name, open(z.toJSONSchema(schema, { io: 'input' }))]))
}

function parametersOf({ asks, path, example }: ApiRoute): readonly Json[] {
  const url = new URL(example, 'http://example.org')
  return Object.entries(asks.shape).map(([name, part]) => {
    const inPath = path.includes(`{${name}}`)
    const { description, ...schema } = z.toJSONSchema(part as z.ZodType, { io: 'input' })
    const shown = url.searchParams.get(name)
    return {
      name,
      in: inPath ? 'path' : 'query',
      required: inPath || !(part as z.ZodType).safeParse(undefined).success,
      description,
      schema: open(schema),
      ...(shown === null ? {} : { example: shown }),
    }
  })
}

const ERRORS: Readonly<Record<string, string>> = {
  400: 'Not as expected',
  404: 'Not here',
  410: 'Erased, with day and reason',
  429: 'Too many questions: Retry-After says when to come back',
  500: 'Something broke here',
  503: 'Too many ask at this moment, or the database of verdicts is away: Retry-After says when to come back',
}
/** Only measurements are erased, and where nothing is named nothing can be missing. */
const errorsOf = ({ path }: ApiRoute): readonly (readonly [string, string])[] =>
  Object.entries(ERRORS).filter(
    ([status]) => (status !== '404' || path.includes('{')) && (status !== '410' || path.includes('/measurement/')),
  )

const text = (description: string): Json => ({ description, schema: { type: 'string' } })
const LEFT = { ratelimit: text('What is left of the allowance') }
const BACK = { 'retry-after': { description: 'Seconds after which to ask again', schema: { type: 'integer' } } }
/** Headers of an answer: what is made while it is sent has no tag, and a table has no member for its cursor. */
const headersOf = ({ answer, asks }: ApiRoute): Json => ({
  ...(answer === 'ooni' ? {} : { etag: text('Of these bytes; send it back in If-None-Match') }),
  ...('cursor' in asks.shape ? { 'x-kuager-next': text('Cursor of the next part of a table or of lines') } : {}),
  ...LEFT,
})

const problemAnswer = (description: string, status: string): Json => ({
  description,
  ...(status === '429' ? { headers: { ...BACK, ...LEFT } } : status === '503' ? { headers: BACK } : {}),
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

function contentOf({ answer, csv, id, path }: ApiRoute): Json {
  if (answer === 'ooni')
    return { 'application/x-ndjson': { schema: { type: 'string', description: 'JSON documents, one a line' } } }
  const table =
    csv === undefined
      ? {}
      : {
          'text/csv': {
            schema: { type: 'string', description: `Columns: ${csv.columns.map(columnName).join(', ')}` },
          },
        }
  if (path.endsWith('.csv')) return table
  const json = { schema: { $ref: `#/components/schemas/${answer.name}` }, example: EXAMPLES[id] }
  return { 'application/json': json, ...table }
}

const operationOf = (one: ApiRoute): Json => ({
  operationId: one.id,
  summary: one.summary,
  description: one.about,
  parameters: parametersOf(one),
  'x-example-request': one.example,
  responses: {
    200: {
      description: one.summary,
      headers: headersOf(one),
      content: contentOf(one),
    },
    ...(one.answer === 'ooni' ? {} : { 304: { description: 'The bytes of If-None-Match still stand' } }),
    ...Object.fromEntries(errorsOf(one).map(([status, about]) => [status, problemAnswer(about, status)])),
  },
})

/**
 * The interface as OpenAPI 3.1, made from the very schemas that parse and test it. A live description leads first to
 * the server that gave it, so that a reader of the onion address stays there; a copy answers no questions.
 */
export const describeApi = ({ medium, origin }: Pick<Frame, 'medium' | 'origin'>): Json => ({
  openapi: '3.1.1',
  info: {
    title: 'Kuager',
    version: '1',
    summary: 'Access to services on networks of Kazakhstan: measurements, incidents, the record beside them',
    description:
      'Read-only. No key, no cookie, open to every page (CORS). Times are RFC 3339 in UTC; null is "not known". An answer with "simulated": true rests on simulated measurements. Members may be added within a version; none is removed or changes its meaning. docs/formats/api.md says more.',
  },
  servers: [
    ...(medium === 'live' || origin === undefined ? [{ url: '/' }] : []),
    ...(origin === undefined ? [] : [{ url: origin }]),
  ],
  paths: Object.fromEntries(API_ROUTES.map((one) => [one.path, { get: operationOf(one) }])),
  components: { schemas: schemas() },
})
