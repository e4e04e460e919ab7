import { createReadStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Metadata, Snapshot, Targets, Timestamp, type Root } from '@tufjs/models'
import { instant, type Instant } from '../../../src/core/model/units.ts'
import type { UpdateRole } from '../../../src/core/model/update/update-folder.ts'
import { draftRoot, draftTargets, expiry, type RolePlan } from '../../../src/release/draft.ts'
import { publish, signMetadata } from '../../../src/release/publish.ts'
import { signatureOf, type RoleSigner } from '../../../src/release/role-keys.ts'
import { describeFile, metadataBytes, publishedOf, type RoleMetadata } from '../../../src/release/update-files.ts'
import { makeSeed, publicKeyOf, signEd25519 } from '../../../src/runtime/ed25519.ts'

/** A key of a role, new each time. */
export function makeRoleKey(): RoleSigner {
  const seed = makeSeed()
  return { publicKey: publicKeyOf(seed), sign: (message) => signEd25519(seed, message) }
}

type Keys = Readonly<Record<UpdateRole, readonly RoleSigner[]>>

/** Keys of all roles: three of the root, of which two must sign, and one of each other. */
export const makeRoleKeys = (): Keys => ({
  root: [makeRoleKey(), makeRoleKey(), makeRoleKey()],
  targets: [makeRoleKey()],
  snapshot: [makeRoleKey()],
  timestamp: [makeRoleKey()],
})

/** A folder of updates that is really signed, with everything that an attacker who has some keys can write. */
export class TestUpdates {
  readonly folder: string
  keys: Keys
  now: Instant
  /** How many keys of each role must sign. */
  thresholds: Readonly<Record<UpdateRole, number>> = { root: 2, targets: 1, snapshot: 1, timestamp: 1 }

  constructor(folder: string, keys: Keys = makeRoleKeys(), now: Instant = instant(Date.now())) {
    this.folder = folder
    this.keys = keys
    this.now = now
  }

  /** Root metadata that a program is built with. */
  get builtRoot(): Buffer {
    return readFileSync(join(this.folder, 'metadata', '1.root.json'))
  }

  /** Publishes the next root, signed by two of these keys. */
  async root(signers: readonly RoleSigner[] = this.keys.root.slice(0, 2), days = 365): Promise<void> {
    const plan = (role: UpdateRole): RolePlan => ({
      keys: this.keys[role].map(({ publicKey }) => publicKey),
      threshold: this.thresholds[role],
    })
    const roles = {
      root: plan('root'),
      targets: plan('targets'),
      snapshot: plan('snapshot'),
      timestamp: plan('timestamp'),
    }
    const path = await draftRoot(this.folder, { roles, days, now: this.now })
    for (const signer of signers) await signMetadata(path, signer)
  }

  /** Publishes a program as the next version for Linux on x64. */
  async program(version: string, text: string, days = 90): Promise<void> {
    const release = join(this.folder, 'release')
    mkdirSync(release, { recursive: true })
    writeFileSync(join(release, 'kuager-probe-linux-x64'), text)
    const path = await draftTargets(this.folder, { from: { release, version }, days, now: this.now })
    for (const signer of this.keys.targets) await signMetadata(path, signer)
    await this.publish()
  }

  async publish(days = { snapshot: 90, timestamp: 30 }): Promise<void> {
    await publish(this.folder, {
      signers: [...this.keys.snapshot, ...this.keys.timestamp],
      days,
      now: this.now,
    })
  }

  /** Writes targets by hand, and the snapshot and the timestamp over them, as who has those keys can. */
  async forge(about: {
    readonly targets: (json: ReturnType<Targets['toJSON']>) => void
    readonly signers?: readonly RoleSigner[]
  }): Promise<void> {
    const before = await this.#published('targets')
    const json = before.signed.toJSON()
    json['version'] = before.signed.version + 1
    about.targets(json)
    const targets = sign(new Metadata(Targets.fromJSON(json)), about.signers ?? this.keys.targets)
    this.#put(`${targets.signed.version}.targets.json`, targets)
    await this.forgeSnapshot(targets)
  }

  /** A snapshot of these targets, and a timestamp over it, each one version further, or of the version given. */
  async forgeSnapshot(targets: Metadata<Targets>, version?: number): Promise<void> {
    const snapshot = sign(
      new Metadata(
        new Snapshot({
          version: version ?? (await this.#published('snapshot')).signed.version + 1,
          specVersion: targets.signed.specVersion,
          expires: expiry(this.now, 90),
          meta: { 'targets.json': describeFile(targets.signed.version, metadataBytes(targets)) },
        }),
      ),
      this.keys.snapshot,
    )
    this.#put(`${snapshot.signed.version}.snapshot.json`, snapshot)
    await this.forgeTimestamp(snapshot)
  }

  async forgeTimestamp(
    snapshot: Metadata<Snapshot>,
    {
      version,
      days = 30,
      signers = this.keys.timestamp,
    }: { version?: number; days?: number; signers?: readonly RoleSigner[] } = {},
  ): Promise<void> {
    const timestamp = new Timestamp({
      version: version ?? (await this.#published('timestamp')).signed.version + 1,
      specVersion: snapshot.signed.specVersion,
      expires: expiry(this.now, days),
      snapshotMeta: describeFile(snapshot.signed.version, metadataBytes(snapshot)),
    })
    this.#put('timestamp.json', sign(new Metadata(timestamp), signers))
  }

  targets(): Promise<Metadata<Targets>> {
    return this.#published('targets')
  }

  snapshot(): Promise<Metadata<Snapshot>> {
    return this.#published('snapshot')
  }

  put(name: string, bytes: string | Buffer): void {
    writeFileSync(join(this.folder, 'metadata', name), bytes)
  }

  #put(name: string, metadata: RoleMetadata): void {
    this.put(name, metadataBytes(metadata))
  }

  async #published<R extends 'targets' | 'snapshot' | 'timestamp'>(
    role: R,
  ): Promise<NonNullable<Awaited<ReturnType<typeof publishedOf<R>>>>> {
    const found = await publishedOf(this.folder, role)
    if (found === undefined) throw new Error(`no ${role}`)
    return found
  }
}

function sign<T extends Root | Targets | Snapshot | Timestamp>(
  metadata: Metadata<T>,
  signers: readonly RoleSigner[],
): Metadata<T> {
  for (const signer of signers) metadata.sign(signatureOf(signer))
  return metadata
}

/** A server of a folder on loopback, which notes what it is asked; `instead` may answer in its place. */
export interface UpdateServer extends AsyncDisposable {
  readonly url: string
  readonly asked: string[]
}

/** Serves a folder as any static server does, with ranges. */
export async function serveUpdates(
  folder: string,
  instead: (path: string, response: ServerResponse, request: IncomingMessage) => boolean = () => false,
): Promise<UpdateServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/updates\//, '')
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    asked.push(from > 0 ? `${path} from ${from}` : path)
    if (instead(path, response, request)) return
    let size
    try {
      size = readFileSync(join(folder, path)).length
    } catch {
      response.writeHead(404).end()
      return
    }
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? { 'content-range': `bytes ${from}-${size - 1}/${size}` } : {})
    createReadStream(join(folder, path), { start: from }).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/updates/`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
