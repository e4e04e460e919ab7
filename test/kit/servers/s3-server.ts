import { hash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { AwsV4Signer } from 'aws4fetch'

/** What the server does to requests that a pattern of `METHOD /path?query` meets, so many times. */
export interface S3Fault {
  readonly on: RegExp
  /**
   * `lost`: carried out, and the connection cut in place of the answer. `cut`: cut before anything is done. `damaged`: the
   * body has another byte. `gone`: the upload in parts is lost, with an error. `half`: half of the answer.
   */
  readonly does: keyof typeof ERRORS | 'lost' | 'cut' | 'damaged' | 'gone' | 'half' | 'hang'
  times: number
}

/** A server on loopback that does as S3 of AWS documents it: quoted etags, conditions, ranges, parts, listings. */
export interface S3Server extends AsyncDisposable {
  readonly endpoint: string
  readonly env: Readonly<Record<string, string>>
  /** Objects of the one bucket, `bucket`, by key. */
  readonly objects: Map<string, Buffer>
  /** Uploads in parts that were not completed. */
  readonly uploads: Map<string, { readonly key: string; readonly begun: Date; readonly parts: Map<number, Buffer> }>
  readonly faults: S3Fault[]
  /** `METHOD /path?query` of every request. */
  readonly requests: string[]
  /** Keys of one page of a listing. */
  pageSize: number
  versioning: string
}

const KEY = { id: 'LOCAL', secret: 'local-secret' }
const ERRORS = {
  'slow-down': [503, 'SlowDown'],
  error: [500, 'InternalError'],
  gone: [500, 'InternalError'],
  full: [403, 'QuotaExceeded'],
  denied: [403, 'AccessDenied'],
  skewed: [403, 'RequestTimeTooSkewed'],
} as const

const etagOf = (bytes: Uint8Array): string => `"${hash('md5', bytes)}"`
const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

class Refusal extends Error {
  readonly status: number
  constructor(status: number, code: string) {
    super(code)
    this.status = status
  }
}

/** Starts the server. It checks signatures and the SHA-256 of bodies. */
export async function startS3Server(): Promise<S3Server> {
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const endpoint = `http://127.0.0.1:${address.port}`
  const s3: Omit<S3Server, typeof Symbol.asyncDispose> = {
    endpoint,
    env: { KUAGER_S3_ENDPOINT: endpoint, AWS_ACCESS_KEY_ID: KEY.id, AWS_SECRET_ACCESS_KEY: KEY.secret },
    ...{ objects: new Map(), uploads: new Map(), faults: [], requests: [], pageSize: 1000, versioning: '' },
  }
  let begun = 0

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray().catch(() => []))
    const url = new URL(request.url ?? '/', endpoint)
    const line = `${request.method} ${url.pathname}${decodeURIComponent(url.search)}`
    s3.requests.push(line)
    const fault = s3.faults.find(({ on, times }) => times > 0 && on.test(line))
    if (fault !== undefined) fault.times--
    const does = fault?.does
    if (does === 'hang') return
    if (does === 'cut') return void response.destroy()
    if (does === 'gone') s3.uploads.delete(url.searchParams.get('uploadId') ?? '')
    if (does === 'damaged') body[0]! ^= 1 // the body has a byte
    try {
      if (does !== undefined && does in ERRORS) {
        const [status, code] = ERRORS[does as keyof typeof ERRORS]
        throw new Refusal(status, code)
      }
      await check(request, url, body)
      const answer = act(request, url, body)
      if (does === 'lost') return void response.destroy()
      const { bytes } = answer
      response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.size ?? bytes.length })
      if (does === 'half') response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
      else response.end(request.method === 'HEAD' ? undefined : bytes)
    } catch (error) {
      const { status, message } = error instanceof Refusal ? error : new Refusal(500, 'InternalError')
      const date = message === 'RequestTimeTooSkewed' ? { date: new Date(Date.now() - 3_600_000).toUTCString() } : {}
      response.writeHead(status, date)
      response.end(
        request.method === 'HEAD' ? undefined : `<?xml version="1.0"?><Error><Code>${message}</Code></Error>`,
      )
    }
  }

  async function check(request: IncomingMessage, url: URL, body: Buffer): Promise<void> {
    const given = request.headers.authorization ?? ''
    const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? []
    const signer = new AwsV4Signer({
      ...{ method: request.method ?? '', url: url.href, service: 's3', region: 'us-east-1' },
      accessKeyId: KEY.id,
      secretAccessKey: KEY.secret,
      headers: Object.fromEntries(names.filter((n) => n !== 'host').map((n) => [n, String(request.headers[n])])),
      datetime: String(request.headers['x-amz-date']),
    })
    if ((await signer.authHeader()) !== given) throw new Refusal(403, 'SignatureDoesNotMatch')
    if (hash('sha256', body) !== request.headers['x-amz-content-sha256'])
      throw new Refusal(400, 'XAmzContentSHA256Mismatch')
  }

  interface Answer {
    readonly status: number
    readonly headers: Record<string, string>
    readonly bytes: Buffer
    readonly size?: number
  }
  const xml = (text: string): Answer => ({
    status: 200,
    headers: {},
    bytes: Buffer.from(`<?xml version="1.0"?>${text}`),
  })

  function act(request: IncomingMessage, url: URL, body: Buffer): Answer {
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(decodeURIComponent(url.pathname)) ?? []
    if (bucket !== 'bucket') throw new Refusal(404, 'NoSuchBucket')
    const query = url.searchParams
    if (key === '') {
      if (query.has('versioning')) return xml(`<VersioningConfiguration>${s3.versioning}</VersioningConfiguration>`)
      return query.has('uploads') ? listUploads(query) : listObjects(query)
    }
    const found = s3.objects.get(key)
    if (request.method === 'PUT' && query.has('uploadId')) return putPart(request, query, body)
    if (request.method === 'PUT') {
      const match = request.headers['if-match']
      if (request.headers['if-none-match'] === '*' && found !== undefined) throw new Refusal(412, 'PreconditionFailed')
      if (match !== undefined && found === undefined) throw new Refusal(404, 'NoSuchKey')
      if (match !== undefined && found !== undefined && match !== etagOf(found))
        throw new Refusal(412, 'PreconditionFailed')
      s3.objects.set(key, body)
      return { status: 200, headers: { etag: etagOf(body) }, bytes: Buffer.alloc(0) }
    }
    if (request.method === 'DELETE') {
      if (query.has('uploadId')) s3.uploads.delete(query.get('uploadId') ?? '')
      else s3.objects.delete(key)
      return { status: 204, headers: {}, bytes: Buffer.alloc(0) }
    }
    if (request.method === 'POST') return query.has('uploads') ? begin(key) : complete(key, query, body)
    if (found === undefined) throw new Refusal(404, 'NoSuchKey')
    const etag = etagOf(found)
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    if (request.method === 'HEAD') return { status: 200, headers: { etag }, bytes: Buffer.alloc(0), size: found.length }
    if (from === undefined) return { status: 200, headers: { etag }, bytes: found }
    if (Number(from) >= found.length) throw new Refusal(416, 'InvalidRange')
    const bytes = found.subarray(Number(from), Number(to) + 1)
    const range = `bytes ${from}-${Number(from) + bytes.length - 1}/${found.length}`
    return { status: 206, headers: { etag, 'content-range': range }, bytes }
  }

  function begin(key: string): Answer {
    const id = `upload-${++begun}`
    s3.uploads.set(id, { key, begun: new Date(), parts: new Map() })
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
  }

  function putPart(request: IncomingMessage, query: URLSearchParams, body: Buffer): Answer {
    const upload = s3.uploads.get(query.get('uploadId') ?? '')
    if (upload === undefined) throw new Refusal(404, 'NoSuchUpload')
    const source = request.headers['x-amz-copy-source']
    let bytes = body
    if (typeof source === 'string') {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(String(request.headers['x-amz-copy-source-range'])) ?? []
      const whole = s3.objects.get(source.replace(/^\/bucket\//, ''))
      if (whole === undefined) throw new Refusal(404, 'NoSuchKey')
      bytes = whole.subarray(Number(from), Number(to) + 1)
    }
    upload.parts.set(Number(query.get('partNumber')), bytes)
    const etag = etagOf(bytes)
    if (source !== undefined) return xml(`<CopyPartResult><ETag>${escape(etag)}</ETag></CopyPartResult>`)
    return { status: 200, headers: { etag }, bytes: Buffer.alloc(0) }
  }

  function complete(key: string, query: URLSearchParams, body: Buffer): Answer {
    const id = query.get('uploadId') ?? ''
    const upload = s3.uploads.get(id)
    if (upload === undefined) throw new Refusal(404, 'NoSuchUpload')
    const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, n]) => Number(n))
    const parts = numbers.map((n) => upload.parts.get(n))
    if (parts.some((part, nth) => part === undefined || (nth < parts.length - 1 && part.length < 5 * 2 ** 20)))
      throw new Refusal(400, 'InvalidPart')
    s3.objects.set(key, Buffer.concat(parts.filter((part) => part !== undefined)))
    s3.uploads.delete(id)
    return xml('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>')
  }

  function listObjects(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? ''
    const token = query.get('continuation-token')
    const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64').toString()
    const left = [...s3.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
    const page = left.slice(0, s3.pageSize)
    const next = Buffer.from(page.at(-1) ?? '').toString('base64')
    const more = left.length > page.length
    const contents = page.map((key) => {
      const bytes = s3.objects.get(key) ?? Buffer.alloc(0)
      return `<Contents><Key>${escape(key)}</Key><Size>${bytes.length}</Size><ETag>${escape(etagOf(bytes))}</ETag></Contents>`
    })
    return xml(
      `<ListBucketResult><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}` +
        `${contents.join('')}</ListBucketResult>`,
    )
  }

  function listUploads(query: URLSearchParams): Answer {
    const uploads = [...s3.uploads].filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''))
    const list = uploads.map(
      ([id, { key, begun: at }]) =>
        `<Upload><Key>${escape(key)}</Key><UploadId>${id}</UploadId><Initiated>${at.toISOString()}</Initiated></Upload>`,
    )
    return xml(`<ListMultipartUploadsResult>${list.join('')}</ListMultipartUploadsResult>`)
  }

  return Object.assign(s3, {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
