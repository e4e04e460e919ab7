// `npm run release [-- OPTIONS]`, with --help: the probe as one file for each system and as Debian packages, the Debian
// packages of a server and an image for containers, with a bill of materials, a statement of what it was built from, and
// hashes. From the lock file alone; two builds of a commit are byte-identical.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { quicPackage } from '../src/net/quic/binding.ts'
import { packageVersion } from '../src/runtime/files/package-root.ts'
import { writeDebian } from './release/debian.ts'
import { probePackage } from './release/debian-probe.ts'
import { run } from './release/locked.ts'
import { TARGETS, writeOneFile, type Target } from './release/one-file.ts'
import { bundleProbe, ROOT } from './release/program.ts'
import { writeImage } from './release/server/image.ts'
import { writeServerPackages } from './release/server/packages.ts'
import { writeMacArchive } from './release/macos.ts'
import { writeWindowsZip } from './release/windows-zip.ts'
import { billOfMaterials, provenance, type BuiltFile } from './release/statements.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const hasDpkg = (): boolean => spawnSync('dpkg-deb', ['--version'], { stdio: 'ignore' }).status === 0

/** A system without a file of its own. */
const MAC = 'macos'
/**
 * Packages of the observatory, of a control and of a letter, for Debian on x64. Only where they are asked for: the folder of
 * a release is offered to volunteers.
 */
const SERVER = 'server'
/** An image for containers with them: only where it is asked for, because it needs apt and Debian's packages. */
const IMAGE = 'image'
const TARGET_NAMES = ['linux-x64', 'linux-arm64', 'win32-x64'] as const satisfies readonly Target[]
const shortName = (file: string): string => file.replace(/^kuager-probe-/, '').replace(/\.exe$/, '')
/** What --only takes, as the files are called. */
const ONLY_NAMES = [...TARGET_NAMES.map((name) => shortName(TARGETS[name].file)), MAC, SERVER, IMAGE]
interface ReleaseOptions {
  readonly mac: boolean
  readonly server: boolean
  /** Folder with Debian's packages for an image, or to put them; undefined: none is built. */
  readonly image: string | undefined
  readonly targets: readonly Target[]
  /** How Debian packages are compressed; undefined: none are built. */
  readonly debian: 'xz' | 'gzip' | undefined
  /** Folder with the root and the mirrors of updates; undefined: that of the repository. */
  readonly updates: string | undefined
}

/** Builds into a folder, which is emptied, and gives the files built. */
async function release(
  out: string,
  { targets, debian, mac, server, image, updates }: ReleaseOptions,
): Promise<readonly BuiltFile[]> {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  if (run('git', ['status', '--porcelain']) !== '')
    process.stderr.write('The sources differ from the commit that the statements name: not to be published.\n')
  const built: BuiltFile[] = []
  const program = await bundleProbe()
  const commit = run('git', ['rev-parse', 'HEAD'])
  const committedAt = Number(run('git', ['log', '-1', '--format=%ct']))
  const version = packageVersion()
  for (const target of targets) {
    const { file, node, debian: architecture } = TARGETS[target]
    const quic = quicPackage(target)
    const packages = [node, ...program.packages, ...(quic === undefined ? [] : [quic])].sort()
    const add = (name: string): void => {
      built.push({ name, version, sha256: sha256(readFileSync(join(out, name))), packages, commit, committedAt })
    }
    await writeOneFile(target, program, join(out, file), updates === undefined ? {} : { updates })
    add(file)
    if (target === 'win32-x64') {
      const archive = `kuager-probe_${version}_windows-x64.zip`
      writeWindowsZip(join(out, file), join(out, archive))
      add(archive)
    }
    if (architecture === undefined || debian === undefined) continue
    const name = `kuager-probe_${version}_${architecture}.deb`
    writeDebian(
      probePackage(architecture, join(out, file)),
      { version, time: committedAt, compression: debian },
      join(out, name),
    )
    add(name)
  }
  if (mac) {
    const name = `kuager-probe_${version}_macos.tar.gz`
    writeMacArchive(program, committedAt, join(out, name))
    const sha = sha256(readFileSync(join(out, name)))
    built.push({ name, version, sha256: sha, packages: program.packages, commit, committedAt })
  }
  if (server && debian !== undefined) {
    const parts = await writeServerPackages({ version, time: committedAt, compression: debian }, out)
    const add = (file: string, packages: readonly string[]): void => {
      const sha = sha256(readFileSync(join(out, file)))
      built.push({ name: file, version, sha256: sha, packages, commit, committedAt })
    }
    for (const { file, packages } of parts) add(file, packages)
    if (image !== undefined) {
      const name = `kuager_${version}_amd64.oci.tar`
      const files = parts.map(({ file }) => join(out, file))
      const level = debian === 'xz' ? 6 : 1
      await writeImage({ version, commit, time: committedAt, packages: files, debian: image, level }, join(out, name))
      add(name, parts.flatMap(({ packages }) => packages).sort())
    }
  }
  for (const one of built) {
    writeFileSync(join(out, `${one.name}.cdx.json`), billOfMaterials(one))
    writeFileSync(join(out, `${one.name}.intoto.json`), provenance(one))
  }
  const names = built.flatMap(({ name }) => [name, `${name}.cdx.json`, `${name}.intoto.json`]).sort()
  const sums = names.map((name) => `${sha256(readFileSync(join(out, name)))}  ${name}\n`)
  writeFileSync(join(out, 'SHA256SUMS'), sums.join(''))
  return built
}

const HELP = `Usage: npm run release [-- OPTIONS]

Builds the probe for volunteers, or what --only names, and writes hashes and statements next to it.

Options:
  --only NAME               One of ${ONLY_NAMES.join(', ')}, or the
                            name of such a file; may be repeated. ${SERVER}, ${IMAGE}: only if named here.
  --out DIR                 Folder to write; it is emptied first. Default: release.
  --updates DIR             Folder with the root and the mirrors of updates. Default: data/updates.
  --debian DIR              Debian's packages for an image, or where to put them.
  --debian-compression FORM xz or gzip. Default: xz.
  --help                    Print this.

Example: npm run release -- --only windows-x64 --out release-windows
`

/** What --only names: a system, a part, or a file as a release calls it. Throws Error for anything else. */
function onlyOf(typed: string): string {
  const short = typed.replace(/^kuager-probe[-_](\d[^_]*_)?/, '').replace(/\.(?:exe|zip|tar\.gz|deb)$/, '')
  const found = Object.entries(TARGETS).find(([name, { file, debian }]) =>
    [name, shortName(file), debian].includes(short),
  )
  const name = found?.[0] ?? [MAC, SERVER, IMAGE].find((one) => one === short)
  if (name === undefined) throw new Error(`Cannot build "${typed}"; expected one of ${ONLY_NAMES.join(', ')}`)
  return name
}

/** Reads the command line. Throws Error with one sentence for what it does not take. */
function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string', default: join(ROOT, 'release') },
      only: { type: 'string', multiple: true, default: [] },
      updates: { type: 'string' },
      debian: { type: 'string', default: join(ROOT, 'node_modules/.cache/release/debian') },
      'debian-compression': { type: 'string', default: 'xz' },
      help: { type: 'boolean', default: false },
    },
  })
  const compression = (['xz', 'gzip'] as const).find((form) => form === values['debian-compression'])
  if (compression === undefined)
    throw new Error(`Cannot compress by "${values['debian-compression']}"; expected xz or gzip`)
  return { ...values, only: values.only.map(onlyOf), compression }
}

async function main(args: readonly string[]): Promise<number> {
  let options
  try {
    options = readOptions(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee npm run release -- --help\n`)
    return 2
  }
  const { only, compression, updates, out } = options
  if (options.help) {
    process.stdout.write(HELP)
    return 0
  }
  const debian = hasDpkg() ? compression : undefined
  if (debian === undefined) process.stderr.write('No dpkg-deb on this machine: no Debian packages are built.\n')
  const isAsked = (name: string): boolean => only.length === 0 || only.includes(name)
  const built = await release(resolve(out), {
    targets: TARGET_NAMES.filter(isAsked),
    ...{ debian, mac: isAsked(MAC), server: only.includes(SERVER) || only.includes(IMAGE) },
    image: only.includes(IMAGE) ? resolve(options.debian) : undefined,
    updates: updates === undefined ? undefined : resolve(updates),
  })
  for (const { name, sha256: digest } of built) {
    const megabytes = (readFileSync(join(out, name)).length / 1e6).toFixed(1)
    process.stdout.write(`${name}  ${megabytes} MB  SHA-256 ${digest}\n`)
  }
  return 0
}

process.exitCode = await main(process.argv.slice(2))
