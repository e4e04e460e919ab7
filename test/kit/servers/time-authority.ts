import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a signer's certificate may say of its purpose, in the words of openssl. */
export const STAMPS_ALONE = 'extendedKeyUsage = critical, timeStamping'

export interface SignerShape {
  /** Options of `openssl req` that make the key. */
  readonly key?: readonly string[]
  /** Lines of the section of extensions besides basic constraints. */
  readonly extensions?: readonly string[]
  /** Times of validity, `YYYYMMDDHHMMSSZ`; ten years from now where not given. */
  readonly validity?: { readonly from: string; readonly until: string }
}

export interface AuthorityShape extends SignerShape {
  /** A certificate between root and signer; its extensions. */
  readonly between?: readonly string[]
  readonly digest?: string
  readonly ess?: 'sha1' | 'sha256'
  readonly accuracy?: string
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const
export const RSA = ['-newkey', 'rsa:2048', '-nodes'] as const
export const P_384 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-nodes'] as const
const KEY_USAGE = 'keyUsage = critical, digitalSignature'

/** A time-stamping authority of openssl in a folder of its own; disposing it removes the folder and closes its server. */
export class TimeAuthority implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'kuager-tsa-'))
  readonly #shape: AuthorityShape
  #server: Server | undefined

  constructor(shape: AuthorityShape = {}) {
    this.#shape = shape
    const root = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign, cRLSign']
    this.#config({ root_ext: root, between_ext: shape.between ?? [] })
    this.openssl('req', '-x509', ...EC, '-days', '3650', '-config', 'tsa.cnf', '-extensions', 'root_ext',
      '-subj', '/CN=Test root', '-keyout', 'root.key', '-out', 'root.pem') // prettier-ignore
    if (shape.between !== undefined)
      this.issue('between', { extensions: shape.between, subject: '/CN=Test between', by: 'root', plain: true })
    this.issue('signer', {
      ...shape,
      subject: '/O=Test/CN=Test TSA',
      by: shape.between === undefined ? 'root' : 'between',
    })
    writeFileSync(join(this.folder, 'serial.txt'), '01\n')
  }

  /** PEM of the chain, the root last. */
  get chainPem(): string {
    return (this.#shape.between === undefined ? ['root'] : ['between', 'root'])
      .map((name) => this.read(`${name}.pem`))
      .join('')
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  openssl(...args: readonly string[]): Buffer {
    return execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'ignore'] })
  }

  /** Makes `<name>.key` and `<name>.pem`, issued by `by`. */
  issue(
    name: string,
    {
      key = EC,
      extensions = [KEY_USAGE, STAMPS_ALONE],
      validity,
      subject = `/CN=${name}`,
      by = 'root',
      plain = false,
    }: SignerShape & {
      readonly subject?: string
      readonly by?: string
      /** Basic constraints are among the extensions. */
      readonly plain?: boolean
    } = {},
  ): void {
    const section = `${name}_ext`
    this.#config({ [section]: [...(plain ? [] : ['basicConstraints = critical, CA:FALSE']), ...extensions] })
    this.openssl('req', ...key, '-config', 'tsa.cnf', '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    const times =
      validity === undefined ? ['-days', '3650'] : ['-not_before', validity.from, '-not_after', validity.until]
    this.openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', ...times,
      '-extfile', 'tsa.cnf', '-extensions', section, '-out', `${name}.pem`) // prettier-ignore
  }

  #config(sections: Readonly<Record<string, readonly string[]>>): void {
    const { digest = 'sha256', ess = 'sha256', accuracy, between } = this.#shape
    const lines = [
      ...['[req]', 'prompt = no', 'distinguished_name = subject', '[subject]', 'CN = replaced'],
      ...Object.entries(sections).flatMap(([name, all]) => [`[${name}]`, ...all]),
      ...['[tsa]', 'default_tsa = test', '[test]', 'serial = serial.txt', 'signer_cert = signer.pem'],
      ...[
        'signer_key = signer.key',
        `certs = ${between === undefined ? 'root' : 'between'}.pem`,
        `signer_digest = ${digest}`,
      ],
      ...['default_policy = 1.3.6.1.4.1.99999.1', 'other_policies = 1.3.6.1.4.1.99999.2'],
      ...['digests = sha1, sha256, sha384, sha512', `ess_cert_id_alg = ${ess}`, 'tsa_name = yes', 'ordering = no'],
      ...(accuracy === undefined ? [] : [`accuracy = ${accuracy}`]),
    ]
    writeFileSync(join(this.folder, 'tsa.cnf'), `${lines.join('\n')}\n`)
  }

  /** Whole reply to a query, whatever that is. */
  reply(query: Uint8Array): Buffer {
    writeFileSync(join(this.folder, 'q.tsq'), query)
    return this.openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'q.tsq')
  }

  /** Whether `openssl ts -verify` accepts a reply for a query, certificates judged at a time. */
  accepts(query: Uint8Array, reply: Uint8Array, at: Date, roots = this.read('root.pem')): boolean {
    writeFileSync(join(this.folder, 'verify.tsq'), query)
    writeFileSync(join(this.folder, 'verify.tsr'), reply)
    writeFileSync(join(this.folder, 'verify.pem'), roots)
    const seconds = String(Math.floor(at.getTime() / 1000))
    const files = [
      '-queryfile',
      'verify.tsq',
      '-in',
      'verify.tsr',
      '-CAfile',
      'verify.pem',
      '-untrusted',
      'verify-chain.pem',
    ]
    writeFileSync(join(this.folder, 'verify-chain.pem'), this.chainPem)
    try {
      this.openssl('ts', '-verify', ...files, '-attime', seconds)
      return true
    } catch {
      return false
    }
  }

  /** Answers over HTTP on this machine, one query at a time; `answer` may change what is sent. Gives the address. */
  async serve(
    answer: (query: Buffer) => { readonly status?: number; readonly body: Uint8Array } = (query) => ({
      body: this.reply(query),
    }),
  ): Promise<string> {
    const server = createServer((request, response) => {
      void readBody(request).then((query) => {
        const { status = 200, body } = answer(query)
        response.writeHead(status, { 'content-type': 'application/timestamp-reply' }).end(body)
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const bound = server.address()
    return `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/tsr`
  }

  [Symbol.dispose](): void {
    this.#server?.closeAllConnections()
    this.#server?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Whole body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts)
}
