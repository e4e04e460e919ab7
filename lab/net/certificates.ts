import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { runCommand } from './run-command.ts'

/** Certificate and key in files. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

/** OpenSSL's way to write a time. */
const stamp = (offsetDays: number): string =>
  new Date(Date.now() + offsetDays * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '')

const CONFIG = `[req]
distinguished_name = dn
prompt = no
[dn]
O = Laboratory
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
`

/** Days, counted from now, between which a certificate is valid. The clock of a probe may be off by weeks. */
export interface Validity {
  readonly from: number
  readonly to: number
}
const USUAL: Validity = { from: -60, to: 60 }
export const EXPIRED: Validity = { from: -60, to: -5 }

/** An authority that signs certificates into a folder. */
export class Authority {
  readonly certificate: string
  readonly #folder: string
  readonly #key: string
  readonly #config: string

  private constructor(folder: string, name: string) {
    this.#folder = folder
    this.certificate = join(folder, `${name}.pem`)
    this.#key = join(folder, `${name}.key`)
    this.#config = join(folder, 'openssl.cnf')
  }

  /** Makes an authority with a fresh key. */
  static async make(folder: string, name: string): Promise<Authority> {
    const authority = new Authority(folder, name)
    await writeFile(authority.#config, CONFIG)
    await runCommand([
      ...authority.#request(`/O=Laboratory/CN=${name}`, authority.certificate, authority.#key),
      ...['-extensions', 'authority', '-not_before', stamp(-400), '-not_after', stamp(400)],
    ])
    return authority
  }

  /** Signs a certificate for names, the first of them its subject. */
  async sign(file: string, names: readonly string[], validity: Validity = USUAL): Promise<KeyPair> {
    const [first = 'unnamed'] = names
    const pair = { certificate: join(this.#folder, `${file}.pem`), key: join(this.#folder, `${file}.key`) }
    await runCommand([
      ...this.#request(`/CN=${first}`, pair.certificate, pair.key),
      ...['-CA', this.certificate, '-CAkey', this.#key, '-extensions', 'leaf'],
      ...[
        '-addext',
        `subjectAltName=${names.map((name) => `${/^[\d.]+$/.test(name) ? 'IP' : 'DNS'}:${name}`).join(',')}`,
      ],
      ...['-not_before', stamp(validity.from), '-not_after', stamp(validity.to)],
    ])
    return pair
  }

  #request(subject: string, certificate: string, key: string): readonly string[] {
    const make = ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    return [...make, '-config', this.#config, '-subj', subject, '-out', certificate, '-keyout', key]
  }
}
