import type { ServedFolder } from './served-folder.ts'

/** What the collector answered; fields of errors and of receipts. */
export interface Answered {
  readonly status: number
  readonly text: string
  readonly retryAfter: string | null
  readonly json: {
    readonly measurement_uid?: string
    readonly verification_status?: string
    readonly report_id?: string
    readonly x_id?: string
    readonly x_leaf_index?: number
    readonly x_known?: boolean
    readonly x_standing?: string
    readonly detail?: string | { readonly error: string; readonly message: string }
  }
}

/**
 * A connection of its own for each request. Server and client of a test share a process: one that stood still for some
 * seconds finds the server's limit of idle connections due, and a request on a kept one is reset.
 */
export const FRESH = { connection: 'close' } as const

/** Posts a body to a path of a served folder. */
export async function post(
  served: Pick<ServedFolder, 'url'>,
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const sent = typeof body === 'string' ? body : Uint8Array.from(body)
  const response = await fetch(new URL(path, served.url), {
    method: 'POST',
    body: sent,
    headers: { ...FRESH, ...headers },
  })
  const text = await response.text()
  // oxlint-disable-next-line typescript/no-unsafe-assignment -- a test says what it expects of the fields
  const json: Answered['json'] = JSON.parse(text)
  return { status: response.status, text, json, retryAfter: response.headers.get('retry-after') }
}

/** Code of an error in OONI's shape; '' where there is none. */
export const errorOf = ({ json: { detail } }: Answered): string =>
  typeof detail === 'object' ? detail.error : (detail ?? '')
