import { InputError } from '../../core/model/errors.ts'
import { checkKey } from './object-key.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A bucket with what is needed to speak to it. */
export interface S3Place {
  readonly bucket: string
  /** Put before each key; empty or ends with `/`. */
  readonly prefix: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** For people; without secrets. */
  readonly name: string
  /** Address of an object, prefix included, or of the bucket. */
  urlOf(key?: string, query?: Readonly<Record<string, string>>): URL
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const REGION = /^[a-z0-9-]{1,40}$/

const wrong = (what: string, expected: string): InputError =>
  new InputError(`Cannot use object storage: ${what}`, { code: 'objects.address', path: '', expected })

/** Reads `s3://BUCKET/PREFIX` and the environment of docs/operating/object-storage.md. Throws InputError. */
export function parseS3Place(address: string, env: Environment): S3Place {
  const [, bucket = '', given = ''] = /^s3:\/\/([^/]*)(?:\/(.*))?$/.exec(address) ?? []
  if (!BUCKET.test(bucket)) throw wrong(`"${bucket}" is no name of a bucket`, 's3://BUCKET or s3://BUCKET/PREFIX')
  const inner = given.replace(/\/$/, '')
  checkKey(inner, 'prefix')
  const region = env['KUAGER_S3_REGION'] ?? 'us-east-1'
  if (!REGION.test(region)) throw wrong('KUAGER_S3_REGION cannot be read', 'a region such as eu-central-1')
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env
  if (!accessKeyId || !secretAccessKey)
    throw wrong('the key is not given', 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment')
  // In a header such a word would be an error, and its message would repeat it.
  if ([accessKeyId, secretAccessKey, token ?? ''].some((word) => !/^[\x21-\x7e]*$/.test(word)))
    throw wrong('a part of the key is not one word', 'AWS_… variables without spaces and line ends')
  const endpoint = parseEndpoint(env['KUAGER_S3_ENDPOINT'], region)
  const style = env['KUAGER_S3_STYLE'] ?? (env['KUAGER_S3_ENDPOINT'] === undefined ? 'host' : 'path')
  if (style !== 'path' && style !== 'host') throw wrong('KUAGER_S3_STYLE cannot be read', 'path or host')
  const base = new URL(endpoint)
  if (style === 'host') base.hostname = `${bucket}.${base.hostname}`
  const root = style === 'host' ? base.origin : `${base.origin}/${bucket}`
  const prefix = inner === '' ? '' : `${inner}/`
  return {
    ...{ bucket, prefix, region, accessKeyId, secretAccessKey },
    ...(token ? { sessionToken: token } : {}),
    name: `s3://${bucket}${inner === '' ? '' : `/${inner}`} at ${endpoint.origin}`,
    urlOf(key, query = {}) {
      const path = key === undefined ? '' : `${prefix}${key}`.split('/').map(encodeURIComponent).join('/')
      const url = new URL(`${root}/${path}`)
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      return url
    },
  }
}

/** Measurements are private: on the way they are encrypted, but on this machine. */
function parseEndpoint(given: string | undefined, region: string): URL {
  const text = given ?? `https://s3.${region}.amazonaws.com`
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain =
    url !== undefined && url.pathname === '/' && url.search === '' && url.username === '' && url.password === ''
  const isLocal = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal))) return url
  throw wrong('KUAGER_S3_ENDPOINT cannot be used', 'https://HOST, or http:// on this machine, without path and name')
}
