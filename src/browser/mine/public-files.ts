import { InputError } from '../../core/model/errors.ts'

// Everything here is asked for in the same words by every reader of a month: no cookie, no referrer, no part of the link,
// and nothing is left in the cache of the browser.

const ASKED = { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' } as const

/** A file of measurements that the server offers. */
export interface OfferedFile {
  readonly name: string
  readonly bytes: number
  /** When it was made, where it is of a running month. */
  readonly asOf?: string
}

const problem = (path: string, expected: string): InputError =>
  new InputError(`Cannot read "${path}" of the server`, { code: 'own-results.server', path, expected })

async function fetched(path: string): Promise<Response> {
  const answer = await fetch(path, ASKED)
  if (!answer.ok) throw problem(path, `an answer, found status ${answer.status}`)
  return answer
}

const of = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined
const listOf = (value: unknown, name: string): readonly unknown[] => {
  const list = of(value, name)
  return Array.isArray(list) ? list : []
}

/**
 * Files of the month of a key, and of the month after: a month of the files is one of Astana, and begins five hours before
 * that of the key.
 */
export async function offeredFiles(index: string, month: string): Promise<readonly OfferedFile[]> {
  const months: unknown = await (await fetched(index)).json()
  return listOf(months, 'months').flatMap((one) => {
    if (of(one, 'month') !== month && of(one, 'month') !== monthAfter(month)) return []
    const made = of(one, 'as_of_utc') ?? of(listOf(one, 'versions').at(-1), 'made_at_utc')
    return listOf(one, 'files').flatMap((file) => {
      const [name, bytes] = [of(file, 'name'), of(file, 'bytes')]
      if (of(file, 'table') !== 'measurements' || of(file, 'form') !== 'jsonl') return []
      if (typeof name !== 'string' || !/^[\w.-]{1,120}$/.test(name) || typeof bytes !== 'number') return []
      return [{ name, bytes, ...(typeof made === 'string' ? { asOf: made } : {}) }]
    })
  })
}

/** `2026-12` gives `2027-01`. */
function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

/** Opens a file; `told` hears how many bytes have come. */
export async function openOffered(path: string, told: (bytes: number) => void): Promise<ReadableStream<Uint8Array>> {
  const { body } = await fetched(path)
  if (body === null) throw problem(path, 'a file')
  let bytes = 0
  return body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array>({
      transform(piece, to) {
        told((bytes += piece.length))
        to.enqueue(piece)
      },
    }),
  )
}

/** A file of the log; undefined where the server has none. */
export async function logFile(path: string): Promise<Uint8Array | undefined> {
  const answer = await fetch(path, ASKED)
  if (answer.status === 404) return undefined
  if (!answer.ok) throw problem(path, `an answer, found status ${answer.status}`)
  return new Uint8Array(await answer.arrayBuffer())
}
