import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'
import { Fault } from '../../core/model/errors.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { backoff } from '../backoff.ts'
import { openDeadline, openLinked } from '../deadline.ts'
import { systemChance } from '../random.ts'
import { field } from './bucket-xml.ts'
import type { BeforeWrite } from './contract.ts'
import type { S3Place } from './s3-place.ts'

/** Tries of a request, the first included, with pauses of 0.2, 0.4, 0.8, 1.6 seconds, or as the store says. */
const MOST_TRIES = 5
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5000
/** Time of a request: this, and the time of its bytes at this rate. */
const LEAST_LIMIT_MS = 10_000
const BYTES_A_MS = 128
/** Most of an answer that is not the content of an object: errors and listings. */
const TEXT_BYTES = 8 * 1024 * 1024

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Object, or undefined for the bucket. */
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Most bytes of the answer. */
  readonly most?: number
  /** Codes of errors that the caller wants to see; others are Faults. */
  readonly expect?: readonly number[]
}

export interface S3Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  /** Code of an error, or empty. */
  readonly code: string
  /** Whether an earlier try of this request may have been carried out, though its answer did not come. */
  readonly unsure: boolean
}

export interface S3Patience {
  /** Tries of one request. */
  readonly tries: number
  /** Least time of one try. */
  readonly limit: Millis
  /** Waits between two tries. */
  readonly wait: (pause: Millis, signal: AbortSignal) => Promise<void>
}

export const USUAL_PATIENCE: S3Patience = {
  tries: MOST_TRIES,
  limit: millis(LEAST_LIMIT_MS),
  wait: (pause, signal) => delay(pause, undefined, { signal }),
}

/** Signed requests to one bucket, tried again where that may help. Errors name bucket and object, never a secret. */
export class S3Client {
  readonly #place: S3Place
  readonly #patience: S3Patience
  readonly #beforeWrite: BeforeWrite
  readonly #aws: AwsClient
  readonly #ended = new AbortController()

  constructor(place: S3Place, patience: S3Patience, beforeWrite: BeforeWrite = () => undefined) {
    this.#place = place
    this.#patience = patience
    this.#beforeWrite = beforeWrite
    const { accessKeyId, secretAccessKey, sessionToken, region } = place
    const token = sessionToken === undefined ? {} : { sessionToken }
    this.#aws = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0, ...token })
  }

  /** Ends what is under way. */
  end(): void {
    this.#ended.abort(new Fault(`${this.#place.name} is closed`))
  }

  /** Gives the first answer that is neither a passing failure nor unexpected. Throws Fault. */
  async ask(request: S3Request): Promise<S3Answer> {
    let unsure = false
    for (let tries = 1; ; tries++) {
      if (request.method !== 'GET' && request.method !== 'HEAD') this.#beforeWrite()
      const outcome = await this.#try(request)
      if ('answer' in outcome && outcome.again === undefined) return { ...outcome.answer, unsure }
      if (this.#ended.signal.aborted) throw this.#fault(request, 'the store is closed')
      if ('answer' in outcome && outcome.again === 'never') throw this.#fault(request, this.#sentence(outcome.answer))
      const found = 'answer' in outcome ? this.#sentence(outcome.answer) : outcome.found
      if (tries >= this.#patience.tries) throw this.#fault(request, `${found}, ${tries} times`)
      unsure ||= !('answer' in outcome) || outcome.answer.status >= 500
      await this.#patience.wait(pauseAfter(tries, outcome), this.#ended.signal).catch(() => undefined)
    }
  }

  async #try(request: S3Request): Promise<Outcome> {
    const { method, body } = request
    const what = `${method} ${request.key ?? ''}`
    const most = request.most ?? TEXT_BYTES
    const controller = new AbortController()
    using _ended = openLinked([this.#ended.signal], controller)
    const within = async <T>(bytes: number, work: () => Promise<T>): Promise<T> => {
      const limit = millis(Math.ceil(this.#patience.limit + bytes / BYTES_A_MS))
      using deadline = openDeadline(controller.signal, limit, what)
      deadline.signal.addEventListener('abort', () => controller.abort(deadline.signal.reason), { once: true })
      return await work()
    }
    try {
      const headers = {
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
        ...(body === undefined ? {} : { 'content-type': 'application/octet-stream' }),
        ...request.headers,
      }
      const signed = await this.#aws.sign(this.#place.urlOf(request.key, request.query), {
        method,
        headers,
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      })
      const response = await within(body?.length ?? 0, () =>
        fetch(signed, { signal: controller.signal, redirect: 'manual' }),
      )
      const length = Math.min(Number(response.headers.get('content-length') ?? 0) || 0, most)
      const answer = await within(length, () => readAnswer(response, { method, most }))
      return { answer, again: verdictOf(answer, request), retryAfter: response.headers.get('retry-after') }
    } catch (error) {
      return { found: reason(error), again: 'later' }
    }
  }

  /** What an error means for the people who run the store. */
  #sentence({ status, code, headers }: Omit<S3Answer, 'unsure'>): string {
    const { bucket } = this.#place
    if (code === 'RequestTimeTooSkewed') return `the clocks differ: ${clockSentence(headers.get('date'))}`
    if (status === 507 || FULL.has(code)) return `the store is full (${code || status}): its quota or its disks`
    if (code === 'NoSuchBucket') return `there is no bucket "${bucket}"`
    if (code === 'InvalidAccessKeyId') return 'the store does not know the access key (AWS_ACCESS_KEY_ID)'
    if (code === 'SignatureDoesNotMatch')
      return 'the store refuses the signature: AWS_SECRET_ACCESS_KEY or KUAGER_S3_REGION is wrong'
    if (status === 403) return `access is denied (${code || status}): the key may not do this in bucket "${bucket}"`
    if (status >= 300 && status < 400)
      return `the store sends us elsewhere (${code || status}): KUAGER_S3_ENDPOINT, KUAGER_S3_REGION or KUAGER_S3_STYLE is wrong`
    return `the store answered ${status}${code === '' ? '' : ` ${code}`}`
  }

  #fault({ method, key }: S3Request, found: string): Fault {
    return new Fault(
      `Cannot ${method} ${key === undefined ? 'the bucket' : `"${key}"`} of ${this.#place.name}: ${found}`,
    )
  }
}

type Outcome =
  | {
      readonly answer: Omit<S3Answer, 'unsure'>
      /** Undefined: the caller's to judge. */
      readonly again: 'later' | 'never' | undefined
      readonly retryAfter: string | null
    }
  | { readonly found: string; readonly again: 'later' }

const FULL: ReadonlySet<string> = new Set([
  'QuotaExceeded',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
  'InsufficientStorage',
  'ServiceQuotaExceeded',
])
/** Errors of 400 and 409 that say: it was damaged on the way, or another request was at work. */
const PASSING: ReadonlySet<string> = new Set([
  ...['BadDigest', 'XAmzContentSHA256Mismatch', 'IncompleteBody', 'RequestTimeout', 'ConditionalRequestConflict'],
  ...['OperationAborted', 'SlowDown', 'TooManyRequests'],
])

function verdictOf(
  { status, code }: Omit<S3Answer, 'unsure'>,
  { expect = [] }: S3Request,
): 'later' | 'never' | undefined {
  if (PASSING.has(code)) return 'later'
  if (status < 300 || expect.includes(status)) return undefined
  if (status === 507 || FULL.has(code)) return 'never' // space does not come back in seconds: the caller tries later
  return status === 429 || status === 408 || status >= 500 ? 'later' : 'never'
}

function pauseAfter(tries: number, outcome: Outcome): Millis {
  const said = 'retryAfter' in outcome && outcome.retryAfter !== null ? Number(outcome.retryAfter) * 1000 : Number.NaN
  const usual = backoff(tries, {
    first: FIRST_PAUSE_MS,
    longest: LONGEST_PAUSE_MS,
    jitter: [0.5, 1.5],
    random: systemChance,
  })
  return millis(said >= 0 ? Math.min(Math.max(said, usual), LONGEST_PAUSE_MS) : usual)
}

async function readAnswer(
  response: Response,
  { method, most }: { readonly method: string; readonly most: number },
): Promise<Omit<S3Answer, 'unsure'>> {
  const { status, headers } = response
  const bound = response.ok ? most : TEXT_BYTES
  const bytes = response.body === null ? Buffer.alloc(0) : await readBounded(response.body, bound)
  const length = headers.get('content-length')
  if (
    method !== 'HEAD' &&
    length !== null &&
    headers.get('content-encoding') === null &&
    Number(length) !== bytes.length
  )
    throw new Fault(`the answer has ${bytes.length} bytes, not ${length}`)
  // An answer of 200 may still be an error: a copy or a completed upload begins to answer before it is done.
  const isError = !response.ok || (method !== 'GET' && bytes.subarray(0, 512).includes('<Error>'))
  const text = isError ? bytes.toString('utf8') : ''
  const code = (field(text, 'Code') ?? '').replace(/[^\w.]/g, '').slice(0, 60)
  return { status: isError && response.ok ? 500 : status, headers, bytes, code }
}

async function readBounded(body: ReadableStream<Uint8Array>, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > most) throw new Fault(`the answer has more than ${most} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function clockSentence(date: string | null): string {
  const theirs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(theirs)) return 'set the clock of this machine or of the store'
  const seconds = Math.round((Date.now() - theirs) / 1000)
  return `this machine is ${Math.abs(seconds)} seconds ${seconds > 0 ? 'ahead of' : 'behind'} the store`
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection broke'
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message
}
