import { createHash, hash } from 'node:crypto'
import { crc32, deflateRawSync } from 'node:zlib'
import { encodeCanonical } from '../../../src/core/evidence/canonical-json.ts'
import { isWorthPacking, planZip, zipLocalHeader, type ZipMember } from '../../../src/core/evidence/bundle/zip-form.ts'
import { encodeBase64 } from '../../../src/core/evidence/base64.ts'
import { checkpointText } from '../../../src/core/evidence/log/checkpoint.ts'
import { encodeCustodyEvent, signCustodyEvent } from '../../../src/core/evidence/custody/custody-event.ts'
import { encodeLeafRecord } from '../../../src/core/evidence/log/leaf-record.ts'
import {
  consistencyStretches,
  hashLeaf,
  inclusionStretches,
  rootOf,
  type SubtreeRange,
} from '../../../src/core/evidence/log/merkle.ts'
import { formatVerifierKey, keyId, signNote, type VerifierKey } from '../../../src/core/evidence/log/signed-note.ts'
import { formatTlogProof } from '../../../src/core/evidence/log/tlog-proof.ts'
import { openFolderEntries } from '../../../src/core/evidence/verify/source/folder-source.ts'
import type { OpenedContainer } from '../../../src/core/evidence/verify/source/bundle-source.ts'
import type { VerifyBundleTools } from '../../../src/core/evidence/verify/verify-bundle.ts'
import type { CustodyType } from '../../../src/core/model/custody.ts'
import type { EntryKind } from '../../../src/core/model/log-entry.ts'
import { parseInstant, parseSha256 } from '../../../src/core/model/units.ts'
import { publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../../src/runtime/ed25519.ts'

// A second writer of bundles, by hand: small, all in memory, and it can be asked to lie.

export type Files = Map<string, Uint8Array>

const ENCODER = new TextEncoder()
const text = (value: string): Uint8Array => ENCODER.encode(value)
const json = (value: unknown): Uint8Array => text(encodeCanonical(value))
const hex = (name: 'sha256' | 'sha512', bytes: Uint8Array): string => createHash(name).update(bytes).digest('hex')

export const NOW = parseInstant('2024-03-05T12:00:00Z')
const MADE = '2024-03-05T10:00:00Z'

/** Keys of whoever makes a bundle: of the log and of custody. */
export interface MakerKeys {
  readonly log: { readonly key: VerifierKey; readonly seed: Uint8Array }
  readonly custody: { readonly key: VerifierKey; readonly seed: Uint8Array }
}

const keyOf = (name: string, secret: string): MakerKeys['log'] => {
  const seed = sha256(text(secret))
  const publicKey = publicKeyOf(seed)
  return { key: { name, id: keyId(name, publicKey, sha256), publicKey }, seed }
}
/** Keys by a word: other words are other people, under the same names. */
export const makerKeys = (secret: string): MakerKeys => ({
  log: keyOf('kuager.example/log', `${secret} log`),
  custody: keyOf('kuager.example/custody', `${secret} custody`),
})
export const HONEST = makerKeys('honest')

interface Entry {
  readonly kind: EntryKind
  readonly bytes: Uint8Array
  readonly leaf: Uint8Array
}

/** A log in memory. */
export class MadeLog {
  readonly entries: Entry[] = []
  readonly #keys: MakerKeys['log']

  constructor(keys: MakerKeys['log']) {
    this.#keys = keys
  }

  add(kind: EntryKind, bytes: Uint8Array): number {
    const salt = sha256(text(`salt ${this.entries.length}`)).slice(0, 16)
    const digest = (one: Uint8Array) => parseSha256(hex('sha256', one))
    const record = { kind, original: digest(Buffer.concat([salt, bytes])), public: digest(bytes), size: bytes.length }
    this.entries.push({ kind, bytes, leaf: encodeLeafRecord(record) })
    return this.entries.length - 1
  }

  #hashes(size: number): Uint8Array[] {
    return this.entries.slice(0, size).map(({ leaf }) => hashLeaf(leaf, sha256))
  }
  #path(stretches: readonly SubtreeRange[], size: number): Uint8Array[] {
    const hashes = this.#hashes(size)
    return stretches.map(({ from, until }) => rootOf(hashes.slice(from, until), sha256))
  }

  checkpoint(size: number): string {
    const { key, seed } = this.#keys
    const head = { origin: key.name, size, root: rootOf(this.#hashes(size), sha256) }
    return signNote(checkpointText(head), { ...key, sign: (message) => signEd25519(seed, message) })
  }
  proof(index: number, size: number): Uint8Array {
    return text(formatTlogProof(index, this.#path(inclusionStretches(index, size), size), this.checkpoint(size)))
  }
  consistency(older: number, newer: number): Uint8Array {
    const path = this.#path(consistencyStretches(older, newer), newer)
    return text(path.map((one) => `${encodeBase64(one)}\n`).join(''))
  }
}

/** A chain of custody in memory. */
class MadeCustody {
  #prev: string | null = null
  #count = 0
  readonly #keys: MakerKeys['custody']
  constructor(keys: MakerKeys['custody']) {
    this.#keys = keys
  }
  event(type: CustodyType, evidence: { kind: 'measurement' | 'measurements' | 'bundle'; id: string }, detail = {}) {
    const { key, seed } = this.#keys
    const event = signCustodyEvent(
      { type, evidence, actor: 'operator', reason: 'as tests need it', detail },
      { id: String(this.#count++).padStart(32, '0'), at: parseInstant(MADE), prev: this.#prev },
      { key, sign: (message) => signEd25519(seed, message) },
    )
    const bytes = encodeCustodyEvent(event)
    this.#prev = hex('sha256', bytes)
    return bytes
  }
}

export interface MadeBundle {
  readonly name: string
  readonly files: Files
  readonly keys: MakerKeys
  readonly log: MadeLog
  /** Size of the tree of `data/log/checkpoint`. */
  readonly size: number
  readonly custody: MadeCustody
}

const NAME = 'kuager-made-r1'
const ID = 'youtube-as64500-20240305T0100Z'

/** A sound bundle of an incident: five measurements, one of them erased, a revision, custody and a seal. */
export function makeBundle(keys: MakerKeys = HONEST): MadeBundle {
  const log = new MadeLog(keys.log)
  const custody = new MadeCustody(keys.custody)
  const files: Files = new Map()
  const raw = [0, 1, 2, 3, 4].map((n) => text(`{"test_start_time":"2024-03-05 01:0${n}:00","n":${n}}`))
  for (const bytes of raw) log.add('measurement', bytes)
  const erased = 4
  const revision = { id: ID, revision: 1, measurements: [0, 1, 3, 4], cause: { items: [{ source: 'leaf:0' }] } }
  const revisionLeaf = log.add('incident-revision', json(revision))
  const events = (
    [
      ['collected', { kind: 'measurements', id: '0-4' }],
      ['erased', { kind: 'measurement', id: '4' }],
    ] as const
  ).map(([type, evidence]) => custody.event(type, evidence))
  const custodyLeaves = events.map((bytes) => log.add('custody-event', bytes))
  const size = log.entries.length
  const idOf = (n: number): string => hex('sha256', raw[n] ?? new Uint8Array())
  const row = (leaf: number) =>
    leaf === erased
      ? { leaf, id: null, received_at_utc: null, channel: null, origin: null, role: 'series', state: 'erased' }
      : {
          leaf,
          id: idOf(leaf),
          received_at_utc: `2024-03-05T02:0${leaf}:00Z`,
          channel: leaf === 2 ? 'collector' : 'file',
          origin: leaf === 2 ? 'unsigned' : 'file',
          role: leaf === 2 ? 'apart' : 'series',
          state: 'held',
        }
  const lines = (rows: readonly unknown[]): Uint8Array => text(rows.map((one) => `${encodeCanonical(one)}\n`).join(''))
  const held = [0, 1, 2, 3]
  files.set(
    'data/bundle.json',
    json({
      format: 'kuager-bundle/1',
      name: NAME,
      made_at_utc: MADE,
      simulated: false,
      about: { kind: 'incident', incident: ID, revision: 1 },
      log: { origin: keys.log.key.name, size },
      counts: { measurements: 5, apart: 1, erased: 1, form_changed: 0, revisions: 1, events: 0, custody: 2 },
      span: { since_utc: '2024-03-05T01:00:00Z', until_utc: '2024-03-05T01:03:00Z' },
      operator: null,
      without: ['exhibit.pdf', 'VERIFY.html'],
    }),
  )
  files.set('data/measurements.jsonl', lines([0, 1, 2, 3, 4].map(row)))
  files.set(
    'data/verdicts.jsonl',
    lines(held.map((leaf) => ({ leaf, service: 'youtube', verdict: { outcome: 'interfered' } }))),
  )
  files.set('data/observations.jsonl', lines(held.map((leaf) => ({ leaf, observations: [] }))))
  files.set(
    'data/redactions.json',
    json({
      public_form: 1,
      fields: [],
      erased: [{ leaf: erased, at_utc: MADE, reason: 'as tests need it' }],
      form_changed: [],
    }),
  )
  files.set(
    'data/program.json',
    json({ version: '0.1.0', source_sha256: 'a'.repeat(64), node: '24', rules: '1', detection: '1' }),
  )
  files.set(
    'data/incident.json',
    json([{ ...revision, measurements: [0, 1, 3].map(idOf), cause: { items: [{ source: idOf(0) }] } }]),
  )
  files.set(
    'data/derivation.json',
    json({
      format: 'kuager-derivation/1',
      incident: ID,
      service: 'youtube',
      asn: 64500,
      simulated: false,
      until_utc: MADE,
      result: {},
    }),
  )
  files.set('data/ro-crate-metadata.json', json({}))
  files.set('data/VERIFY.md', text('How to verify by hand.\n'))
  files.set('data/tables/services.json', json({}))
  for (const leaf of held) files.set(`data/raw/${leaf}.json`, raw[leaf] ?? new Uint8Array())
  files.set(`data/revisions/${revisionLeaf}.json`, json(revision))
  for (const [at, leaf] of custodyLeaves.entries())
    files.set(`data/custody/${leaf}.json`, events[at] ?? new Uint8Array())
  const made = { name: NAME, files, keys, log, size, custody }
  writeLog(made)
  seal(made)
  return made
}

/** Keys, checkpoint, leaf records and proofs, as the log has them. */
export function writeLog({ files, keys, log, size }: MadeBundle): void {
  const line = formatVerifierKey(keys.log.key)
  files.set('data/log/keys.txt', text(`${line}\n`))
  files.set('data/log/policy.txt', text(`log ${line}\nquorum none\n`))
  files.set('data/log/checkpoint', text(log.checkpoint(size)))
  const decoder = new TextDecoder()
  files.set(
    'data/log/leaves.txt',
    text(
      log.entries
        .slice(0, size)
        .map(({ leaf }, n) => `${n} ${decoder.decode(leaf)}\n`)
        .join(''),
    ),
  )
  for (let n = 0; n < size; n++) files.set(`data/log/proofs/${n}.tlog-proof`, log.proof(n, size))
}

const byPath = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)
const manifestOf = (files: readonly (readonly [string, Uint8Array])[]): Uint8Array =>
  text(
    [...files]
      .sort(byPath)
      .map(([path, bytes]) => `${hex('sha512', bytes)}  ${path}\n`)
      .join(''),
  )

/** Writes the tag files anew for the files as they are: what somebody does who hides a change from the manifests. */
export function recompute(files: Files): void {
  const payload = [...files].filter(([path]) => path.startsWith('data/'))
  const bytes = payload.reduce((sum, [, one]) => sum + one.length, 0)
  files.set('bagit.txt', text('BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'))
  const info = [
    'Source-Organization: Kuager',
    `External-Identifier: ${NAME}`,
    'Bagging-Date: 2024-03-05',
    `Payload-Oxum: ${bytes}.${payload.length}`,
    'Bag-Software-Agent: kuager 0.1.0',
  ]
  files.set('bag-info.txt', text(`${info.join('\n')}\n`))
  files.set('manifest-sha512.txt', manifestOf(payload))
  retag(files)
}

/** Writes the manifest of tag files anew, and nothing else. */
export function retag(files: Files): void {
  files.set(
    'tagmanifest-sha512.txt',
    manifestOf([...files].filter(([path]) => !path.startsWith('data/') && path !== 'tagmanifest-sha512.txt')),
  )
}

/** Manifests, a seal over them, the seal in the log: what the operator alone can do, or whoever has keys of his own. */
export function seal(made: MadeBundle): void {
  const { files, log, custody, name, size } = made
  recompute(files)
  const digest = (path: string): string => hex('sha512', files.get(path) ?? new Uint8Array())
  const event = custody.event(
    'exported',
    { kind: 'bundle', id: name },
    { manifest_sha512: digest('manifest-sha512.txt'), bag_info_sha512: digest('bag-info.txt') },
  )
  const leaf = log.add('custody-event', event)
  files.set('seal.json', event)
  files.set('seal.leaf', log.entries[leaf]?.leaf ?? new Uint8Array())
  files.set('seal.tlog-proof', log.proof(leaf, leaf + 1))
  files.set('seal.consistency', log.consistency(size, leaf + 1))
  retag(files)
}

/** A bundle in memory as an opened folder. */
export const openFiles = (files: Files): OpenedContainer =>
  openFolderEntries(
    NAME,
    [...files].map(([path, { length }]) => ({ path, kind: 'file', size: length })),
    {
      read: (path) => Promise.resolve(files.get(path) ?? new Uint8Array()),
      chunks: async function* (path) {
        yield await Promise.resolve(files.get(path) ?? new Uint8Array())
      },
    },
  )

/** Tools of a verifier in tests, without deriving again. */
export const verifierTools = (trusted: readonly VerifierKey[] = [HONEST.log.key]): VerifyBundleTools => ({
  digest: sha256,
  verify: verifyEd25519,
  openDigest: (name) => {
    const running = createHash(name)
    return { update: (bytes) => void running.update(bytes), digest: () => running.digest() }
  },
  digestWhole: (name, bytes) => Promise.resolve(hash(name, bytes, 'buffer')),
  now: NOW,
  trusted,
  subtle: crypto.subtle,
  signal: new AbortController().signal,
})

/** A zip whose members are packed as `kuager bundle` packs them, with these bytes behind each packed stream. */
export function packedZip(files: Files, root: string, behind: Uint8Array = new Uint8Array()): Uint8Array {
  const parts = new Map<string, Readonly<Record<'bytes' | 'packed', Uint8Array>>>(
    [...files].map(([path, bytes]) => {
      const packed = Buffer.concat([deflateRawSync(bytes), behind])
      return [`${root}/${path}`, { bytes, packed }] as const
    }),
  )
  const plan = planZip(
    [...parts].map(([path, { bytes, packed }]) => ({
      path,
      ...{ size: bytes.length, crc32: crc32(bytes) },
      ...(isWorthPacking(bytes.length, packed.length) ? { packed: packed.length } : {}),
    })),
  )
  const content = ({ path, packed }: ZipMember): Uint8Array =>
    parts.get(path)?.[packed === undefined ? 'bytes' : 'packed'] ?? new Uint8Array()
  return Buffer.concat([...plan.members.flatMap((one) => [zipLocalHeader(one), content(one)]), plan.end])
}

/** A zip as earlier versions wrote it: with stored members only. */
export function zipOf(files: Files, root: string): Uint8Array {
  const parts: Uint8Array[] = []
  const central: Uint8Array[] = []
  let at = 0
  for (const [path, bytes] of [...files].sort(byPath)) {
    const name = text(`${root}/${path}`)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x0403_4b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(0x21, 12)
    local.writeUInt32LE(crc32(bytes), 14)
    local.writeUInt32LE(bytes.length, 18)
    local.writeUInt32LE(bytes.length, 22)
    local.writeUInt16LE(name.length, 26)
    const head = Buffer.alloc(46)
    head.writeUInt32LE(0x0201_4b50, 0)
    head.writeUInt16LE(0x0314, 4)
    local.copy(head, 6, 4, 30)
    head.writeUInt32LE((0o100_644 << 16) >>> 0, 38)
    head.writeUInt32LE(at, 42)
    parts.push(local, name, bytes)
    central.push(head, name)
    at += local.length + name.length + bytes.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(files.size, 8)
  end.writeUInt16LE(files.size, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, directory, end])
}
