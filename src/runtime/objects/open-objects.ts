import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError } from '../../core/model/errors.ts'
import type { BeforeWrite, ObjectStore } from './contract.ts'
import { FolderObjects } from './folder-objects.ts'
import { openHttpObjects } from './http-objects.ts'
import { USUAL_PATIENCE, type S3Patience } from './s3-client.ts'
import { S3Objects } from './s3-objects.ts'
import { parseS3Place, type Environment } from './s3-place.ts'

/**
 * Opens the object storage at an address: `s3://BUCKET/PREFIX` with its endpoint and key from the environment
 * (docs/operating/object-storage.md), or a folder, `/path` or `file:///path`; or, only to be read, those
 * of an edge at `https://HOST:PORT` (docs/operating/edges.md). Nothing is contacted and nothing made yet. Throws
 * InputError for another address.
 */
export function openObjects(
  address: string,
  env: Environment,
  { beforeWrite, ...patience }: Partial<S3Patience> & { readonly beforeWrite?: BeforeWrite } = {},
): ObjectStore {
  if (address.startsWith('s3://'))
    return new S3Objects(parseS3Place(address, env), { ...USUAL_PATIENCE, ...patience }, beforeWrite)
  if (/^https?:\/\//.test(address)) return openHttpObjects(address, env)
  if (address.startsWith('file:///')) return new FolderObjects(resolve(fileURLToPath(address)), beforeWrite)
  if (isAbsolute(address)) return new FolderObjects(resolve(address), beforeWrite)
  throw new InputError(`Cannot use object storage "${address.slice(0, 20)}…"`, {
    code: 'objects.address',
    path: '',
    expected: 's3://BUCKET/PREFIX, the absolute path of a folder, or https://HOST:PORT of an edge',
  })
}
