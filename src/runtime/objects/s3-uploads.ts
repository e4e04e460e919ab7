import { Fault } from '../../core/model/errors.ts'
import type { Instant } from '../../core/model/units.ts'
import { elements, field } from './bucket-xml.ts'
import type { S3Client } from './s3-client.ts'
import type { S3Place } from './s3-place.ts'

/** A part of an object: bytes, read when it is its turn, or a part of an object that the store has. */
export type UploadPart =
  | { readonly read: () => Promise<Uint8Array> }
  | { readonly copy: { readonly key: string; readonly from: number; readonly length: number; readonly etag: string } }

/** Uploads of S3 in parts. One that fails is ended; one whose process died, by `sweep`. */
export class S3Uploads {
  readonly #client: S3Client
  readonly #place: S3Place

  constructor(client: S3Client, place: S3Place) {
    this.#client = client
    this.#place = place
  }

  /**
   * Stores an object in parts, one after another; gives its etag. All but the last have the same length. `before`: etag
   * of what it replaces. What a process that died left of an upload of this object is ended first: it may hold what was
   * erased since.
   */
  async store(key: string, parts: readonly UploadPart[], before: string | undefined): Promise<string> {
    const own = `${this.#place.prefix}${key}`
    await this.#endThose(own, (one) => one === own).catch(() => undefined) // swept later
    const begun = await this.#client.ask({ method: 'POST', key, query: { uploads: '' } })
    const uploadId = field(begun.bytes.toString('utf8'), 'UploadId')
    if (uploadId === undefined || uploadId === '') throw this.#fault(key, 'the store began no upload in parts')
    try {
      const etags: string[] = []
      let size = 0
      for (const [nth, part] of parts.entries()) {
        const { etag, length } = await this.#storePart(key, { partNumber: `${nth + 1}`, uploadId }, part)
        etags.push(etag)
        size += length
      }
      return await this.#complete(key, { uploadId, etags, size, before })
    } catch (error) {
      await this.#end(key, uploadId).catch(() => undefined) // swept later
      throw error
    }
  }

  async #storePart(
    key: string,
    query: { readonly partNumber: string; readonly uploadId: string },
    part: UploadPart,
  ): Promise<{ readonly etag: string; readonly length: number }> {
    if ('read' in part) {
      const body = await part.read()
      const { headers } = await this.#client.ask({ method: 'PUT', key, query, body })
      return { etag: this.#checkEtag(key, headers.get('etag')), length: body.length }
    }
    const { from, length, etag, key: source } = part.copy
    const { bytes } = await this.#client.ask({
      method: 'PUT',
      key,
      query,
      headers: {
        'x-amz-copy-source': `/${this.#place.bucket}/${this.#place.prefix}${source}`,
        'x-amz-copy-source-range': `bytes=${from}-${from + length - 1}`,
        'x-amz-copy-source-if-match': etag,
      },
    })
    return { etag: this.#checkEtag(key, field(bytes.toString('utf8'), 'ETag') ?? null), length }
  }

  /** Where the answer was lost, a further try finds no upload: then the object tells whether it is the one. */
  async #complete(
    key: string,
    upload: {
      readonly uploadId: string
      readonly etags: readonly string[]
      readonly size: number
      readonly before: string | undefined
    },
  ): Promise<string> {
    const { uploadId, etags, size, before } = upload
    const list = etags.map(
      (etag, nth) => `<Part><PartNumber>${nth + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
    )
    const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`)
    const answer = await this.#client.ask({ method: 'POST', key, query: { uploadId }, body, expect: [404] })
    if (answer.status === 404 && !answer.unsure) throw this.#fault(key, 'the store lost an upload in parts')
    const { headers } = await this.#client.ask({ method: 'HEAD', key })
    if (Number(headers.get('content-length')) !== size) throw this.#fault(key, 'it has another length than its parts')
    const etag = this.#checkEtag(key, headers.get('etag')).replace(/^"(.*)"$/s, '$1')
    if (answer.status === 404 && etag === before) throw this.#fault(key, 'the store lost an upload in parts')
    return etag
  }

  async #end(key: string, uploadId: string): Promise<void> {
    await this.#client.ask({ method: 'DELETE', key, query: { uploadId }, expect: [404] })
  }

  /** Ends uploads below the prefix that began before an instant. */
  sweep(before: Instant): Promise<number> {
    const { prefix } = this.#place
    return this.#endThose(prefix, (key, begun) => key.startsWith(prefix) && begun < before)
  }

  /** Ends uploads of one listing, by the whole key and the time at which they began; gives how many. */
  async #endThose(prefix: string, isMeant: (key: string, begun: number) => boolean): Promise<number> {
    const query = { uploads: '', prefix }
    const { bytes, status } = await this.#client.ask({ method: 'GET', query, expect: [404, 501] })
    if (status !== 200) return 0
    let swept = 0
    for (const upload of elements(bytes.toString('utf8'), 'Upload')) {
      const [key, uploadId] = [field(upload, 'Key'), field(upload, 'UploadId')]
      const begun = Date.parse(field(upload, 'Initiated') ?? '')
      if (key === undefined || uploadId === undefined || !isMeant(key, begun)) continue
      await this.#end(key.slice(this.#place.prefix.length), uploadId)
      swept++
    }
    return swept
  }

  #checkEtag(key: string, etag: string | null): string {
    if (etag === null || etag === '' || etag.length > 256) throw this.#fault(key, 'the store gave no etag for a part')
    return etag
  }

  #fault(key: string, found: string): Fault {
    return new Fault(`Cannot store "${key}" in ${this.#place.name}: ${found}`)
  }
}

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (found) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[found] ?? '&quot;')
