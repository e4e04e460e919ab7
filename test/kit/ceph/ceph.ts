import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { LabAuthority, type Issued } from '../net/lab-authority.ts'
import { freePort } from '../net/quic-servers.ts'

const run = promisify(execFile)
const PROGRAMS = ['ceph-mon', 'ceph-osd', 'ceph-mgr', 'radosgw', 'radosgw-admin', 'ceph-authtool', 'ceph']

/** Why tests of Ceph are skipped; false where they run. */
export const WITHOUT_CEPH: string | false = PROGRAMS.every((name) => existsSync(`/usr/bin/${name}`))
  ? false
  : 'Ceph is not installed (Debian: ceph-mon ceph-osd ceph-mgr radosgw)'

/** A cluster of its own: monitor, one disk, manager and gateway, in a temporary folder and on loopback. */
export interface Ceph extends AsyncDisposable {
  /** Address of the gateway. */
  readonly endpoint: string
  /** What `openObjects` reads, with the key of the one user. */
  readonly env: Readonly<Record<string, string>>
  /** Makes an empty bucket; gives its name. */
  bucket(): Promise<string>
  /** Runs `radosgw-admin`. */
  admin(...args: readonly string[]): Promise<string>
  /** The same gateway over TLS, by names of hosts: `https://s3.test:PORT` and, of a bucket, `https://BUCKET.s3.test:PORT`. */
  readonly named: string
  /** Certificate of the authority that signed the gateway's. */
  readonly authority: string
  /** Ends the gateway at once. */
  killGateway(): Promise<void>
  /** Begins it again at the same port; resolves when it answers. */
  beginGateway(): Promise<void>
  /** Folder with the logs of the daemons. */
  readonly folder: string
}

const GATEWAY_NAME = 's3.test'
const KEY = { id: 'KUAGERTEST', secret: 'secret-of-the-test-cluster' }

/** Starts the real daemons of Debian. About twenty seconds on an idle machine of two cores. */
export async function startCeph(): Promise<Ceph> {
  const folder = await mkdtemp(join(tmpdir(), 'kuager-ceph-'))
  const conf = join(folder, 'ceph.conf')
  const keyring = join(folder, 'all.key')
  const fsid = randomUUID()
  const [monitor, gateway, secure] = [await freePort(), await freePort(), await freePort()]
  for (const name of ['mon', 'osd0', 'mgr']) await mkdir(join(folder, name))
  const daemons: ChildProcess[] = []
  const authority = new LabAuthority()
  const issued = authority.issue('gateway', { names: [GATEWAY_NAME, `*.${GATEWAY_NAME}`] })
  await writeFile(conf, configuration({ fsid, folder, keyring, monitor, gateway, secure, issued }))
  const program = async (name: string, ...args: readonly string[]): Promise<string> =>
    (await run(`/usr/bin/${name}`, ['-c', conf, ...args], { timeout: 120_000, maxBuffer: 16 * 1024 * 1024 })).stdout
  const start = (name: string, ...args: readonly string[]): ChildProcess => {
    const daemon = spawn(`/usr/bin/${name}`, ['-c', conf, '-f', ...args], { cwd: folder, stdio: 'ignore' })
    daemons.push(daemon)
    return daemon
  }
  const end = async (daemon: ChildProcess): Promise<void> => {
    daemons.splice(daemons.indexOf(daemon), 1)
    if (daemon.exitCode !== null || daemon.signalCode !== null) return
    daemon.kill('SIGKILL') // nothing of it is kept
    await once(daemon, 'exit')
  }
  const stop = async (): Promise<void> => {
    for (const daemon of daemons.toReversed()) await end(daemon)
    authority[Symbol.dispose]()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await makeKeys(keyring)
    const map = join(folder, 'monmap')
    await run('/usr/bin/monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monitor}]`, map])
    await program('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring)
    start('ceph-mon', '-i', 'a')
    const disk = randomUUID()
    await program('ceph', '--connect-timeout', '60', 'osd', 'new', disk, '0')
    await program('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', disk)
    start('ceph-osd', '-i', '0')
    start('ceph-mgr', '-i', 'x')
    await program(
      'radosgw-admin',
      ...['user', 'create', '--uid', 'kuager', '--display-name', 'kuager'],
      ...['--access-key', KEY.id, '--secret-key', KEY.secret],
    )
    const endpoint = `http://127.0.0.1:${gateway}`
    let radosgw: ChildProcess | undefined
    const beginGateway = async (): Promise<void> => {
      radosgw = start('radosgw', '-n', 'client.rgw.test')
      await answers(endpoint, daemons)
    }
    await beginGateway()
    const env = {
      KUAGER_S3_ENDPOINT: endpoint,
      AWS_ACCESS_KEY_ID: KEY.id,
      AWS_SECRET_ACCESS_KEY: KEY.secret,
    }
    return {
      ...{ endpoint, env, folder, beginGateway, authority: authority.root, named: `https://${GATEWAY_NAME}:${secure}` },
      killGateway: async () => {
        if (radosgw !== undefined) await end(radosgw)
      },
      admin: (...args) => program('radosgw-admin', ...args),
      bucket: async () => {
        const name = `t${randomBytes(6).toString('hex')}`
        const { AwsClient } = await import('aws4fetch')
        const client = new AwsClient({ accessKeyId: KEY.id, secretAccessKey: KEY.secret, service: 's3', retries: 0 })
        const answer = await client.fetch(`${endpoint}/${name}`, { method: 'PUT' })
        if (!answer.ok) throw new Error(`no bucket: ${answer.status} ${await answer.text()}`)
        return name
      },
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function makeKeys(keyring: string): Promise<void> {
  const all = ['--cap', 'osd', 'allow *', '--cap', 'mds', 'allow *']
  const keys: readonly (readonly [string, readonly string[]])[] = [
    ['mon.', ['--cap', 'mon', 'allow *']],
    ['client.admin', ['--cap', 'mon', 'allow *', '--cap', 'mgr', 'allow *', ...all]],
    ['client.rgw.test', ['--cap', 'mon', 'allow *', '--cap', 'mgr', 'allow *', '--cap', 'osd', 'allow *']],
    ['osd.0', ['--cap', 'mon', 'allow profile osd', '--cap', 'mgr', 'allow profile osd', '--cap', 'osd', 'allow *']],
    ['mgr.x', ['--cap', 'mon', 'allow profile mgr', ...all]],
  ]
  for (const [nth, [name, caps]] of keys.entries())
    await run('/usr/bin/ceph-authtool', [
      ...[keyring, ...(nth === 0 ? ['--create-keyring'] : []), '--gen-key', '-n', name, ...caps],
    ])
}

/** One disk of 8 GiB, which takes only what is written; one group per pool, so that pools are made fast. */
const configuration = (at: {
  fsid: string
  folder: string
  keyring: string
  monitor: number
  gateway: number
  secure: number
  issued: Issued
}): string => `[global]
fsid = ${at.fsid}
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
run dir = ${at.folder}
admin socket = ${at.folder}/$name.asok
log file = ${at.folder}/$name.log
keyring = ${at.keyring}
mon host = [v2:127.0.0.1:${at.monitor}]
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
mon cluster log file = ${at.folder}/cluster.log
paxos propose interval = 0.1
[mon]
mon data = ${at.folder}/mon
mon memory autotune = false
mon data avail warn = 1
mon data avail crit = 1
[osd]
osd data = ${at.folder}/osd0
osd objectstore = bluestore
bluestore block size = 8589934592
bluestore block create = true
bluestore cache autotune = false
bluestore cache size = 67108864
osd memory target = 939524096
osd op num shards = 2
osd op num threads per shard = 1
osd mclock skip benchmark = true
osd class dir = /usr/lib/x86_64-linux-gnu/rados-classes
[client]
rgw frontends = beast endpoint=127.0.0.1:${at.gateway} ssl_endpoint=127.0.0.1:${at.secure} ssl_certificate=${at.issued.chain} ssl_private_key=${at.issued.key}
rgw dns name = ${GATEWAY_NAME}
rgw data = ${at.folder}
rgw thread pool size = 16
rgw bucket quota ttl = 0
[mgr]
mgr data = ${at.folder}/mgr
mgr initial modules =
`

async function answers(endpoint: string, daemons: readonly ChildProcess[]): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (daemons.some(({ exitCode }) => exitCode !== null)) break
    try {
      await (await fetch(endpoint)).arrayBuffer()
      return
    } catch {
      await pause(100)
    }
  }
  throw new Error('Ceph does not start')
}
