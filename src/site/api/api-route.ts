import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import type { Board } from '../now/board.ts'
import type { LastData } from '../last-data.ts'
import type { SiteOptions } from '../site-options.ts'
import { encodeCsv, type CsvForm } from './csv.ts'

/** What the interface is made over. */
export interface ApiContext {
  readonly options: SiteOptions
  readonly lastData: LastData
  readonly board: () => Promise<Board>
}

/** What is not here, or no longer. */
export interface RouteMissing {
  readonly kind: 'missing'
  readonly status: 404 | 410
  readonly code: string
  readonly path: string
  readonly expected: string
  readonly message: string
}

/** Measurements in OONI's format, one a line, made while they are sent. */
export interface Lines {
  readonly kind: 'lines'
  readonly lines: AsyncIterable<Uint8Array>
  readonly simulated: boolean
  /** Cursor of the next part; null where this is the last. */
  readonly next: string | null
}

/** What a route found. */
export type RouteFound =
  | {
      readonly kind: 'body'
      readonly body: object
      /** Exact text where the bytes are cited; absent: the body as JSON. */
      readonly text?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | Lines
  | RouteMissing

/** What is sent. */
export type ApiAnswer =
  | {
      readonly kind: 'text'
      readonly mediaType: string
      readonly text: string
      readonly headers: Readonly<Record<string, string>>
      /** Whether it is to be saved as a file of this name. */
      readonly file?: string
    }
  | (Lines & { readonly file: string })
  | RouteMissing

export interface Described {
  /** Name of the operation in the description. */
  readonly id: string
  /** Such as `/api/v1/incident/{id}`. */
  readonly path: string
  readonly summary: string
  readonly about: string
  /** Name of the answer's schema, and the schema; of OONI's format there is not ours. */
  readonly answer: { readonly name: string; readonly schema: z.ZodType } | 'ooni'
  readonly csv?: CsvForm
  /** How much of a sender's allowance one answer takes. */
  readonly cost: 1 | 2
  /** Request of the description, executed by a test. */
  readonly example: string
}

/** One address of the interface: its routes, its published description and its tests are made from this. */
export interface ApiRoute extends Described {
  /** Parts of path and query: what it does not name is refused. */
  readonly asks: z.ZodObject
  /** Parses what was asked and answers it. Throws InputError. */
  readonly run: (values: Readonly<Record<string, string>>, context: ApiContext) => Promise<ApiAnswer>
}

export interface RouteParts<A extends z.ZodObject> extends Described {
  readonly asks: A
  /** Name of a file that is saved, without its ending. */
  readonly file?: (asked: z.infer<A>) => string
  readonly find: (asked: z.infer<A>, context: ApiContext) => Promise<RouteFound>
}

/** Makes a route of its parts; from then on its types are its own affair. */
export function route<A extends z.ZodObject>({ find, file, ...parts }: RouteParts<A>): ApiRoute {
  const fileOf = (asked: z.infer<A>, isSimulated: boolean, ending: string): string =>
    `${isSimulated ? 'simulated-' : ''}kuager-${file?.(asked) ?? parts.id}.${ending}`
  return {
    ...parts,
    run: async (values, context) => {
      const { format, ...rest } = values
      const asked = parseAsked(parts.asks, format === undefined ? rest : values)
      const found = await find(asked, context)
      switch (found.kind) {
        case 'missing':
          return found
        case 'lines':
          return { ...found, file: fileOf(asked, found.simulated, 'jsonl') }
        case 'body': {
          const { body, headers = {} } = found
          if (parts.csv !== undefined && (format?.toLowerCase() === 'csv' || parts.path.endsWith('.csv')))
            return {
              kind: 'text',
              mediaType: 'text/csv; charset=utf-8; header=present',
              text: encodeCsv(parts.csv, body),
              headers: { ...headers, ...linkOf(body) },
              file: fileOf(asked, 'simulated' in body && body.simulated === true, 'csv'),
            }
          const text = found.text ?? JSON.stringify(body)
          return { kind: 'text', mediaType: 'application/json; charset=utf-8', text, headers }
        }
      }
    },
  }
}

/** A table has no place for the cursor, so it is in a header. */
const linkOf = (body: object): Readonly<Record<string, string>> =>
  'next' in body && typeof body.next === 'string' ? { 'x-kuager-next': body.next } : {}

/** Reads what was asked; the description of a part is what is said to have been expected. Throws InputError. */
function parseAsked<A extends z.ZodObject>(asks: A, values: Readonly<Record<string, string>>): z.infer<A> {
  const parsed = asks.safeParse(values)
  if (parsed.success) return parsed.data
  const path = String(parsed.error.issues[0]?.path[0] ?? '')
  const part: z.ZodType | undefined = asks.shape[path] as z.ZodType | undefined
  if (part === undefined)
    throw new InputError('Cannot read query: it has a part that this address does not know', {
      code: 'query.unknown',
      path: 'query',
      expected: `only ${Object.keys(asks.shape).join(', ') || 'an address without a query'}`,
    })
  throw new InputError(`Cannot read ${path}: ${Object.hasOwn(values, path) ? 'not as expected' : 'it is missing'}`, {
    code: 'query.invalid',
    path,
    expected: describedAs(part) ?? path,
  })
}

/** What a part of a query is said to be, also where it may be left out. */
const describedAs = (part: z.ZodType): string | undefined =>
  part.description ?? (part instanceof z.ZodOptional ? describedAs(part.unwrap() as z.ZodType) : undefined)
