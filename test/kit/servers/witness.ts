import { createServer, type Server } from 'node:http'
import { decodeBase64 } from '../../../src/core/evidence/base64.ts'
import { checkpointSigners, parseCheckpoint, type Checkpoint } from '../../../src/core/evidence/log/checkpoint.ts'
import { rootOf, sameBytes, verifyConsistency } from '../../../src/core/evidence/log/merkle.ts'
import type { VerifierKey } from '../../../src/core/evidence/log/signed-note.ts'
import { cosignedMessage, formatSignatureLine } from '../../../src/core/evidence/witness/cosignature.ts'
import { formatWitnessKey, witnessKeyId, type WitnessKey } from '../../../src/core/evidence/witness/witness-key.ts'
import { publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../../src/runtime/ed25519.ts'
import { readBody } from './time-authority.ts'

/** What a witness answers: https://c2sp.org/tlog-witness. */
export interface WitnessAnswer {
  readonly status: number
  readonly type?: string
  readonly body: string
}

/** A witness that remembers what it cosigned, and answers as the specification says, in its order. */
export class TestWitness implements Disposable {
  readonly key: WitnessKey
  readonly #seed: Uint8Array
  readonly #logs: readonly VerifierKey[]
  readonly #seen = new Map<string, Checkpoint>()
  readonly requests: string[] = []
  /** Seconds since 1970 by its clock. */
  seconds: number
  #server: Server | undefined

  constructor(name: string, logs: readonly VerifierKey[], seconds = 1_772_700_000) {
    this.#seed = sha256(Buffer.from(`seed of ${name}`))
    const key = { kind: 'ed25519', name, publicKey: publicKeyOf(this.#seed) } as const
    this.key = { ...key, id: witnessKeyId(key, sha256) }
    this.#logs = logs
    this.seconds = seconds
  }

  /** The line of its key. */
  get line(): string {
    return formatWitnessKey(this.key)
  }

  /** What it cosigned last of a log. */
  seen(origin: string): number {
    return this.#seen.get(origin)?.size ?? 0
  }

  /** Its signature line under a text. */
  cosign(text: string, seconds = this.seconds): string {
    const time = Buffer.alloc(8)
    time.writeBigUInt64BE(BigInt(seconds))
    const signature = signEd25519(this.#seed, cosignedMessage(text, seconds))
    return formatSignatureLine({ name: this.key.name, id: this.key.id, signature: Buffer.concat([time, signature]) })
  }

  addCheckpoint(body: Buffer): WitnessAnswer {
    const text = body.toString('utf8')
    this.requests.push(text)
    const split = text.indexOf('\n\n')
    const [first = '', ...lines] = text.slice(0, split).split('\n')
    const old = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1]
    const proof = lines.map(decodeBase64)
    if (split === -1 || old === undefined || proof.length > 63 || proof.some((hash) => hash?.length !== 32))
      return { status: 400, body: 'malformed\n' }
    let checkpoint: Checkpoint
    try {
      checkpoint = parseCheckpoint(Buffer.from(text.slice(split + 2)))
    } catch {
      return { status: 400, body: 'malformed\n' }
    }
    return this.#decide(checkpoint, Number(old), proof as Uint8Array[])
  }

  #decide(checkpoint: Checkpoint, old: number, path: readonly Uint8Array[]): WitnessAnswer {
    const { origin, size, root, note } = checkpoint
    const keys = this.#logs.filter(({ name }) => name === origin)
    if (keys.length === 0) return { status: 404, body: 'unknown log\n' }
    if (checkpointSigners(checkpoint, keys, verifyEd25519).length === 0) return { status: 403, body: 'no signature\n' }
    if (old > size) return { status: 400, body: 'old is larger\n' }
    const last = this.#seen.get(origin)
    if (old !== (last?.size ?? 0))
      return { status: 409, type: 'text/x.tlog.size', body: `${(last?.size ?? 0).toString()}\n` }
    if (!this.#goesOn({ old, size, root, path }, last)) return { status: 422, body: 'bad proof\n' }
    this.#seen.set(origin, checkpoint)
    return { status: 200, body: this.cosign(note.text) }
  }

  #goesOn(
    {
      old,
      size,
      root,
      path,
    }: { readonly old: number; readonly size: number; readonly root: Uint8Array; readonly path: readonly Uint8Array[] },
    last: Checkpoint | undefined,
  ): boolean {
    if (size === 0) return path.length === 0 && sameBytes(root, rootOf([], sha256))
    if (old === 0 || last === undefined) return path.length === 0
    if (old === size) return path.length === 0 && sameBytes(root, last.root)
    const sizes = { olderSize: BigInt(old), newerSize: BigInt(size) }
    return verifyConsistency({ ...sizes, olderRoot: last.root, newerRoot: root, path }, sha256)
  }

  /** Answers over HTTP on this machine; `answer` may answer otherwise. Gives the prefix of its addresses. */
  async serve(answer: (body: Buffer) => WitnessAnswer = (body) => this.addCheckpoint(body)): Promise<string> {
    const server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const {
          status,
          type = 'text/plain',
          body: text,
        } = request.method === 'POST' && request.url === '/add-checkpoint' ? answer(body) : { status: 405, body: '' }
        response.writeHead(status, { 'content-type': type }).end(text)
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const bound = server.address()
    return `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`
  }

  [Symbol.dispose](): void {
    this.#server?.closeAllConnections()
    this.#server?.close()
  }
}
