import { join } from 'node:path'
import { z } from 'zod'
import { readPem } from '../../../core/evidence/time-stamp/certificate.ts'
import { defined } from '../../../core/model/defined.ts'
import { InputError } from '../../../core/model/errors.ts'
import { REAL_DISK, type Disk } from '../../../runtime/files/disk.ts'
import { readWhole } from '../../../runtime/files/durable-file.ts'
import { readOutsideAddress, type OutsideAddress } from '../../../runtime/post/outside-post.ts'

/** A time-stamping authority that the operator chose (docs/operating/proof.md). */
export interface Authority {
  /** Is in the names of files: `[a-z0-9_-]`. */
  readonly name: string
  readonly address: OutsideAddress
  /** PEM of its chain, the pinned root last; other content of the file is left out, for a bundle carries it. */
  readonly chainPem: string
  /** Object identifier of the policy to ask for. */
  readonly policy?: string
}

const FILE = 'authorities.json'
const MOST_AUTHORITIES = 16
const MOST_FILE_BYTES = 200_000

const authoritiesSchema = z.strictObject({
  authorities: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9_-]{1,40}$/),
        url: z.string().max(2000),
        /** Path below the folder of the log. */
        chain: z.string().regex(/^(?!.*\.\.)[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)?$/),
        policy: z
          .string()
          .regex(/^[0-2](?:\.(?:0|[1-9]\d{0,20})){1,20}$/)
          .optional(),
        /** The address may lead into a private network. */
        private: z.boolean().optional(),
      }),
    )
    .max(MOST_AUTHORITIES),
})

const wrong = (file: string, found: string): InputError =>
  new InputError(`Cannot read "${file}": ${found}`, {
    code: 'authorities.invalid',
    path: file,
    expected: 'authorities as docs/operating/proof.md describes them',
  })

/**
 * The authorities of the folder of a log, of `authorities.json` and the chains that it names; none where there is no
 * such file. Throws InputError for what does not read: a wrong root would be noticed only when a stamp is needed.
 */
export async function loadAuthorities(folder: string, disk: Disk = REAL_DISK): Promise<readonly Authority[]> {
  const path = join(folder, FILE)
  const text = await readText(path, disk)
  if (text === undefined) return []
  const listed = parseListed(path, text)
  const names = listed.map(({ name }) => name)
  if (new Set(names).size < names.length) throw wrong(path, 'one name stands twice')
  const loaded: Authority[] = []
  for (const { name, url, chain, policy, private: mayBePrivate = false } of listed) {
    const chainPath = join(folder, chain)
    const text = await readText(chainPath, disk)
    if (text === undefined) throw wrong(path, `the chain of ${name}, "${chain}", is not there`)
    checkChainFile(chainPath, text)
    const chainPem = certificatesOf(text)
    const address = readOutsideAddress(url, mayBePrivate)
    loaded.push({ name, address, chainPem, ...defined({ policy }) })
  }
  return loaded
}

async function readText(path: string, disk: Disk): Promise<string | undefined> {
  const bytes = await readWhole(path, disk)
  if (bytes !== undefined && bytes.length > MOST_FILE_BYTES) throw wrong(path, `more than ${MOST_FILE_BYTES} bytes`)
  return bytes?.toString('utf8')
}

function parseListed(path: string, text: string): z.infer<typeof authoritiesSchema>['authorities'] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw wrong(path, 'it is no JSON')
  }
  const parsed = authoritiesSchema.safeParse(value)
  if (parsed.success) return parsed.data.authorities
  const [issue] = parsed.error.issues
  throw wrong(path, `at "${issue?.path.join('/') ?? ''}": ${issue?.message ?? 'another form'}`)
}

/** The certificates of a file without the text between them: names, paths, a private key that a person left there. */
const certificatesOf = (pem: string): string =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/gu)]
    .map(([block]) => `${block}\n`)
    .join('')

function checkChainFile(path: string, pem: string): void {
  let last: ReturnType<typeof readPem>[number] | undefined
  try {
    last = readPem(pem).at(-1)
  } catch (error) {
    if (error instanceof InputError) throw wrong(path, 'it holds a certificate that does not read')
    throw error
  }
  if (last === undefined) throw wrong(path, 'it holds no certificate')
  if (Buffer.compare(last.subject, last.issuer) !== 0) throw wrong(path, 'its last certificate is no root')
}
