import { open } from 'node:fs/promises'
import { Fault, InputError } from '../../core/model/errors.ts'
import type { Instant } from '../../core/model/units.ts'
import { field, parseListing } from './bucket-xml.ts'
import type {
  BeforeWrite,
  FileBody,
  ListedObject,
  ObjectStore,
  Patch,
  PutCondition,
  PutResult,
  StoredObject,
} from './contract.ts'
import { checkKey, compareKeys } from './object-key.ts'
import { S3Client, type S3Answer, type S3Patience } from './s3-client.ts'
import type { S3Place } from './s3-place.ts'
import { S3Uploads } from './s3-uploads.ts'

/** Above it a body is stored in parts of this length, one of which is in memory. */
const PART_BYTES = 16 * 1024 * 1024
/** Longest body with a condition: it goes in one request, which every store checks in one step. */
const CONDITION_BYTES = 96 * 1024 * 1024
/** Longest object or range that is given whole. */
const MOST_BYTES = 512 * 1024 * 1024

/** Objects of a bucket of S3 (AWS, Ceph, MinIO, Garage); docs/operating/object-storage.md. */
export class S3Objects implements ObjectStore {
  readonly name: string
  readonly #place: S3Place
  readonly #client: S3Client
  readonly #uploads: S3Uploads
  /** Ceph compares `If-Match` with the bare etag, others with the quoted one: learnt from the first refusal. */
  #bareEtags = false

  constructor(place: S3Place, patience: S3Patience, beforeWrite?: BeforeWrite) {
    this.name = place.name
    this.#place = place
    this.#client = new S3Client(place, patience, beforeWrite)
    this.#uploads = new S3Uploads(this.#client, place)
  }

  async get(
    key: string,
    range?: { readonly from: number; readonly length: number },
  ): Promise<StoredObject | undefined> {
    checkKey(key)
    const { from, length } = range ?? { from: 0, length: MOST_BYTES }
    if (length > MOST_BYTES)
      throw new Fault(`Cannot get "${key}" of ${this.name}: a range of ${length} bytes is asked for`)
    if (length === 0) return this.#empty(key)
    const headers: Record<string, string> = range === undefined ? {} : { range: `bytes=${from}-${from + length - 1}` }
    const answer = await this.#client.ask({ method: 'GET', key, headers, most: length, expect: [404, 416] })
    if (answer.status === 416) return this.#empty(key)
    if (answer.status === 404) return this.#missing(answer)
    const { bytes } = answer
    if (range === undefined) return { bytes, etag: this.#etagOf(answer, key), size: bytes.length }
    const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers.get('content-range') ?? '') ?? []
    const end = Math.min(from + length, Number(size))
    if (answer.status !== 206 || Number(first) !== from || Number(last) !== end - 1 || bytes.length !== end - from)
      throw new Fault(`Cannot get "${key}" of ${this.name}: the store gave other bytes than the range asked for`)
    return { bytes, etag: this.#etagOf(answer, key), size: Number(size) }
  }

  async #empty(key: string): Promise<StoredObject | undefined> {
    const found = await this.head(key)
    return found === undefined ? undefined : { bytes: Buffer.alloc(0), etag: found.etag, size: found.size }
  }

  async head(key: string): Promise<ListedObject | undefined> {
    checkKey(key)
    const answer = await this.#client.ask({ method: 'HEAD', key, expect: [404] })
    if (answer.status === 404) return undefined
    const size = Number(answer.headers.get('content-length') ?? Number.NaN)
    if (!Number.isSafeInteger(size)) throw new Fault(`Cannot look at "${key}" of ${this.name}: its length is not said`)
    return { key, size, etag: this.#etagOf(answer, key) }
  }

  async put(key: string, body: Uint8Array | FileBody, condition?: PutCondition): Promise<PutResult> {
    checkKey(key)
    const size = body instanceof Uint8Array ? body.length : body.size
    if (size > PART_BYTES && condition === undefined) {
      const before = (await this.head(key))?.etag
      return { kind: 'stored', etag: await this.#uploads.store(key, partsOf(body, size), before) }
    }
    if (size > CONDITION_BYTES)
      throw new Fault(`Cannot store "${key}" in ${this.name}: ${size} bytes are too many for a condition`)
    return this.#putWhole(key, body instanceof Uint8Array ? body : await readPart(body, 0, size), condition)
  }

  async #putWhole(key: string, body: Uint8Array, condition: PutCondition | undefined): Promise<PutResult> {
    for (;;) {
      const bare = this.#bareEtags
      const headers: Record<string, string> =
        condition === undefined
          ? {}
          : 'absent' in condition
            ? { 'if-none-match': '*' }
            : { 'if-match': bare ? condition.etag : `"${condition.etag}"` }
      const expect = condition === undefined ? [] : [404, 412]
      const answer = await this.#client.ask({ method: 'PUT', key, headers, body, expect })
      if (answer.status === 404 && answer.code === 'NoSuchBucket') this.#missing(answer)
      if (answer.status !== 412 && answer.status !== 404) return { kind: 'stored', etag: this.#etagOf(answer, key) }
      const found = condition === undefined ? undefined : await this.head(key)
      if (condition !== undefined && 'etag' in condition && found?.etag === condition.etag) {
        if (bare) throw new Fault(`Cannot store "${key}" in ${this.name}: the store does not compare etags (If-Match)`)
        this.#bareEtags = true
        continue
      }
      if (found === undefined || !answer.unsure || !(await this.#isOurs(found, body))) return { kind: 'refused' }
      return { kind: 'stored', etag: found.etag }
    }
  }

  /** Whether an object has these bytes: an earlier try stored them, and its answer was lost. */
  async #isOurs(found: ListedObject, body: Uint8Array): Promise<boolean> {
    if (found.size !== body.length) return false
    const there = await this.get(found.key)
    return there?.etag === found.etag && there.bytes.equals(body)
  }

  async *list(prefix: string, after?: string): AsyncGenerator<ListedObject, void, undefined> {
    checkKey(prefix, 'prefix')
    const own = this.#place.prefix
    let last = after ?? ''
    for (let token: string | undefined; ;) {
      const query = {
        'list-type': '2',
        prefix: own + prefix,
        ...(token === undefined
          ? after === undefined
            ? {}
            : { 'start-after': own + after }
          : { 'continuation-token': token }),
      }
      const { bytes } = await this.#client.ask({ method: 'GET', query })
      const page = this.#readListing(bytes)
      for (const { key, size, etag } of page.objects) {
        const name = key.slice(own.length)
        if (!key.startsWith(own + prefix) || compareKeys(name, last) <= 0)
          throw new Fault(`Cannot list ${this.name}: the store names "${key.slice(0, 80)}" out of order`)
        last = name
        yield { key: name, size, etag: bareEtag(etag) }
      }
      if (page.next === undefined) return
      if (page.objects.length === 0) throw new Fault(`Cannot list ${this.name}: its pages do not end`)
      token = page.next
    }
  }

  #readListing(bytes: Buffer): ReturnType<typeof parseListing> {
    try {
      return parseListing(bytes.toString('utf8'))
    } catch (error) {
      if (error instanceof InputError) throw new Fault(`Cannot list ${this.name}: ${error.message}`, { cause: error })
      throw error
    }
  }

  async remove(key: string): Promise<void> {
    checkKey(key)
    const answer = await this.#client.ask({ method: 'DELETE', key, expect: [404] })
    if (answer.status === 404) this.#missing(answer)
  }

  async patch(key: string, patches: readonly Patch[]): Promise<void> {
    const found = await this.head(key)
    if (found === undefined) throw new Fault(`Cannot overwrite "${key}" in ${this.name}: it is not there`)
    const overwrite = (bytes: Buffer, from: number): Buffer => {
      for (const { at, bytes: fresh } of patches)
        for (let nth = Math.max(0, from - at); nth < fresh.length && at + nth < from + bytes.length; nth++)
          bytes[at + nth - from] = fresh[nth]! // below its length
      return bytes
    }
    const read = async (from: number, length: number): Promise<Buffer> => {
      const part = await this.get(key, { from, length })
      if (part?.etag !== found.etag) throw new Fault(`Cannot overwrite "${key}" in ${this.name}: another writes it`)
      return overwrite(part.bytes, from)
    }
    if (found.size <= PART_BYTES) {
      await this.#putWhole(key, await read(0, found.size), undefined)
      return
    }
    const parts = cut(found.size).map(({ from, length }) => {
      const isTouched = patches.some(({ at, bytes }) => at < from + length && at + bytes.length > from)
      return isTouched ? { read: () => read(from, length) } : { copy: { key, from, length, etag: found.etag } }
    })
    await this.#uploads.store(key, parts, found.etag)
  }

  async keepsVersions(): Promise<'no' | 'yes' | 'unknown'> {
    const answer = await this.#client.ask({
      method: 'GET',
      query: { versioning: '' },
      expect: [400, 403, 404, 405, 501],
    })
    if (answer.code === 'NoSuchBucket') this.#missing(answer)
    if (answer.status !== 200) return 'unknown'
    const status = field(answer.bytes.toString('utf8'), 'Status')
    // Of a bucket that once kept versions, and no longer does, the old ones are still there.
    return status === undefined ? 'no' : 'yes'
  }

  sweep(before: Instant): Promise<number> {
    return this.#uploads.sweep(before)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.end()
  }

  #missing({ code }: S3Answer): undefined {
    if (code === 'NoSuchBucket') throw new Fault(`Cannot use ${this.name}: there is no such bucket`)
    return undefined
  }

  #etagOf({ headers }: S3Answer, key: string): string {
    const etag = bareEtag(headers.get('etag') ?? '')
    if (etag === '') throw new Fault(`Cannot use "${key}" of ${this.name}: the store gave no etag`)
    return etag
  }
}

const bareEtag = (etag: string): string => etag.replace(/^"(.*)"$/s, '$1')

const cut = (size: number): readonly { readonly from: number; readonly length: number }[] =>
  Array.from({ length: Math.ceil(size / PART_BYTES) }, (_, nth) => ({
    from: nth * PART_BYTES,
    length: Math.min(PART_BYTES, size - nth * PART_BYTES),
  }))

const partsOf = (body: Uint8Array | FileBody, size: number): { read: () => Promise<Uint8Array> }[] =>
  cut(size).map(({ from, length }) => ({
    read: async () => (body instanceof Uint8Array ? body.subarray(from, from + length) : readPart(body, from, length)),
  }))

async function readPart({ path }: FileBody, from: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const bytes = Buffer.allocUnsafe(length)
    for (let done = 0; done < length;) {
      const { bytesRead } = await file.read(bytes, done, length - done, from + done)
      if (bytesRead === 0) throw new Fault(`Cannot read "${path}": it ends too early`)
      done += bytesRead
    }
    return bytes
  } finally {
    await file.close()
  }
}
