// An image for containers (OCI image layout 1.1), of Debian's packages and ours, without a registry and without running
// anything of them. The same packages give the same bytes.
import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { run } from '../locked.ts'

/**
 * What the program needs of Debian: the C library, that of C++, names of services, certificates for the engine of the
 * warehouse. There is no shell, no package manager and no other program in the image.
 */
const BASE = ['base-files', 'netbase', 'libc6', 'gcc-14-base', 'libgcc-s1', 'libstdc++6', 'ca-certificates']
const RELEASE = 'trixie'

/** The user of the image, as other images without a system name it. */
const USER = 65_532

export interface ImageOptions {
  readonly version: string
  readonly commit: string
  /** Unix seconds, of the commit. */
  readonly time: number
  /** Files of `kuager` and `kuager-warehouse` of this build. */
  readonly packages: readonly string[]
  /** Folder with Debian's packages, or where they are put: from apt, which checks their signatures. */
  readonly debian: string
  /** Of gzip: 6 is what is published, 1 takes less time. */
  readonly level: 1 | 6
}

interface Layer {
  readonly digest: string
  readonly size: number
  readonly diffId: string
  readonly file: string
}

/** Writes the image to `to` as an archive that `podman load` and `skopeo copy oci-archive:…` read. */
export async function writeImage(options: ImageOptions, to: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'kuager-image-'))
  try {
    const base = debianPackages(options.debian)
    const layout = join(work, 'layout')
    mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
    const [program, warehouse] = ['kuager_', 'kuager-warehouse_'].map((name) => {
      const file = options.packages.find((one) => basename(one).startsWith(name))
      if (file === undefined) throw new Error(`Cannot build an image: there is no package ${name}…`)
      return file
    })
    // What changes least comes first: an upgrade fetches the last layers alone.
    const layers: Layer[] = []
    const add = async (name: string, fill: (root: string) => void, owner = 0): Promise<void> => {
      const root = join(work, name)
      mkdirSync(root)
      fill(root)
      layers.push(await writeLayer(root, { layout, time: options.time, level: options.level, owner }))
      rmSync(root, { recursive: true })
    }
    await add('base', (root) => {
      for (const file of base) unpack(file, root)
      ownFiles(root)
    })
    await add('warehouse', (root) => unpack(warehouse ?? '', root))
    await add('program', (root) => {
      unpack(program ?? '', root)
      // That of the package is for a shell.
      writeFileSync(join(root, 'usr/bin/kuager'), '#!/usr/lib/kuager/node\nimport "/usr/lib/kuager/bin/kuager.js"\n')
    })
    await add('data', ownFolders, USER)
    writeManifest(layout, layers, { ...options, base })
    run('tar', ['--create', '--file', to, ...ALIKE(options.time, 0), '-C', layout, 'oci-layout', 'index.json', 'blobs'])
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Arguments by which two archives of the same files are alike. */
const ALIKE = (time: number, owner: number): readonly string[] => [
  ...['--sort=name', `--mtime=@${time}`, `--owner=${owner}`, `--group=${owner}`, '--numeric-owner'],
  ...['--format=posix', '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'],
]

/** Debian's packages in a folder, fetched where they are not there. */
function debianPackages(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true })
  const there = (): readonly string[] =>
    BASE.map((name) => globSync(`${name}_*.deb`, { cwd: folder })[0]).flatMap((name) => name ?? [])
  if (there().length < BASE.length) run('apt-get', ['download', '--target-release', RELEASE, ...BASE], folder)
  const files = there()
  if (files.length < BASE.length)
    throw new Error(`Cannot build an image: "${folder}" has not all of ${BASE.join(', ')}`)
  return files.map((name) => join(folder, name))
}

function unpack(file: string, root: string): void {
  run('dpkg-deb', ['--extract', file, root])
  // So that what looks for packages with known weaknesses finds what is inside.
  const status = join(root, 'var/lib/dpkg/status.d')
  mkdirSync(status, { recursive: true })
  writeFileSync(join(status, basename(file).split('_')[0] ?? ''), `${run('dpkg-deb', ['--field', file])}\n`)
}

/** What scripts of Debian's packages would have written. */
function ownFiles(root: string): void {
  const etc = (name: string, text: string): void => writeFileSync(join(root, 'etc', name), text)
  etc('passwd', `root:x:0:0:root:/:/nologin\nkuager:x:${USER}:${USER}:Kuager:/data:/nologin\n`)
  etc('group', `root:x:0:\nkuager:x:${USER}:\n`)
  etc('nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n')
  const authorities = globSync('usr/share/ca-certificates/mozilla/*.crt', { cwd: root }).sort()
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true })
  etc('ssl/certs/ca-certificates.crt', authorities.map((name) => readFileSync(join(root, name), 'utf8')).join(''))
  rmSync(join(root, 'etc/os-release'), { force: true })
  symlinkSync('../usr/lib/os-release', join(root, 'etc/os-release'))
  for (const name of ['usr/share/man', 'usr/share/locale', 'usr/share/lintian'])
    rmSync(join(root, name), { recursive: true, force: true })
}

/** Where volumes are put: new ones take over their owner from these. */
function ownFolders(root: string): void {
  for (const name of ['data', 'secrets']) mkdirSync(join(root, name), { mode: 0o700 })
}

async function writeLayer(
  root: string,
  {
    layout,
    time,
    level,
    owner,
  }: { readonly layout: string; readonly time: number; readonly level: 1 | 6; readonly owner: number },
): Promise<Layer> {
  const tar = join(layout, 'layer.tar')
  // By name: an entry for the root itself would give that to the owner.
  run('tar', ['--create', '--file', tar, ...ALIKE(time, owner), '-C', root, ...readdirSync(root).sort()])
  const diffId = await sha256(tar)
  const packed = join(layout, 'layer.tar.gz')
  await pipeline(createReadStream(tar), createGzip({ level }), createWriteStream(packed))
  rmSync(tar)
  const digest = await sha256(packed)
  const file = join(layout, 'blobs/sha256', digest)
  renameSync(packed, file)
  return { digest, diffId, file, size: statSync(file).size }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

function writeManifest(
  layout: string,
  layers: readonly Layer[],
  { version, commit, time, base }: ImageOptions & { readonly base: readonly string[] },
): void {
  const created = new Date(time * 1000).toISOString()
  const labels = {
    'org.opencontainers.image.title': 'kuager',
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.revision': commit,
    'org.opencontainers.image.licenses': 'Apache-2.0',
    // By these the image can be built again.
    'org.kuager.debian': base.map((file) => basename(file)).join(' '),
  }
  const put = (value: unknown): { readonly digest: string; readonly size: number } => {
    const bytes = Buffer.from(JSON.stringify(value))
    const digest = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(layout, 'blobs/sha256', digest), bytes)
    return { digest: `sha256:${digest}`, size: bytes.length }
  }
  const config = put({
    created,
    architecture: 'amd64',
    os: 'linux',
    config: {
      User: `${USER}:${USER}`,
      Env: ['PATH=/usr/bin', 'LANG=C.UTF-8', 'KUAGER_FOLDER=/data', 'KUAGER_LETTER_FOLDER=/data'],
      Entrypoint: ['/usr/lib/kuager/node', '/usr/lib/kuager/bin/kuager.js'],
      Cmd: ['help'],
      WorkingDir: '/data',
      Volumes: { '/data': {} },
      StopSignal: 'SIGTERM',
      Labels: labels,
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => `sha256:${diffId}`) },
  })
  const manifest = put({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map(({ digest, size }) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      ...{ digest: `sha256:${digest}`, size },
    })),
    annotations: labels,
  })
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: MANIFEST,
          ...manifest,
          platform: { architecture: 'amd64', os: 'linux' },
          annotations: { 'org.opencontainers.image.ref.name': `kuager:${version}` },
        },
      ],
    }),
  )
}
