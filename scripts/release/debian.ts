import { chmodSync, globSync, lstatSync, lutimesSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { run } from './locked.ts'

const COMPRESSIONS = { xz: ['-Zxz', '-z6'], gzip: ['-Zgzip', '-z1'] } as const

export interface DebianBuild {
  /** Of the program, as `0.2.0`. */
  readonly version: string
  /** Unix seconds, of the commit. */
  readonly time: number
  /** xz is what is published; gzip takes seconds, to try a package. */
  readonly compression: 'xz' | 'gzip'
}

/** What a Debian package says about itself, and how its files come into it. */
export interface DebianPackage {
  readonly name: string
  readonly architecture: 'amd64' | 'arm64' | 'all'
  readonly section: string
  /** Lines of the control file between `Installed-Size` and `Section`, as `Depends: …`. */
  readonly relations: readonly string[]
  /** One line, then the lines of the long description. */
  readonly description: readonly [string, ...string[]]
  /** Stanzas about parts under other licences. */
  readonly copyright?: string
  /** What lintian finds and why it stays. */
  readonly overrides?: string
  /** Scripts of the maintainer by name: `postinst`, `prerm`, `postrm`. */
  readonly scripts?: Readonly<Record<string, string>>
  /** Files that an operator changes and an upgrade leaves: absolute paths. */
  readonly conffiles?: readonly string[]
  /** Writes the files of the package. */
  fill(put: Put, root: string): void
}

/** Writes one file of a package, by its path below the root. */
export type Put = (path: string, bytes: Uint8Array | string, mode?: number) => void

/** As Debian compresses manual pages and changelogs: no name and no time in the file. */
export const packed = (text: string | Buffer): Buffer => gzipSync(text, { level: 9 })

/** Writes a Debian package to `to`, the same bytes each time. Needs dpkg-deb. */
export function writeDebian(about: DebianPackage, build: DebianBuild, to: string): void {
  const root = mkdtempSync(join(tmpdir(), 'kuager-debian-'))
  try {
    const put: Put = (path, bytes, mode = 0o644) => {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), bytes)
      chmodSync(join(root, path), mode)
    }
    about.fill(put, root)
    const { name } = about
    put(`usr/share/doc/${name}/copyright`, copyright(about))
    put(`usr/share/doc/${name}/changelog.gz`, packed(changelog(name, build)))
    if (about.overrides !== undefined) put(`usr/share/lintian/overrides/${name}`, about.overrides)
    put('DEBIAN/control', control(about, build.version, sizeOf(root)))
    put('DEBIAN/md5sums', md5sums(root))
    for (const [script, text] of Object.entries(about.scripts ?? {})) put(`DEBIAN/${script}`, text, 0o755)
    if (about.conffiles !== undefined) put('DEBIAN/conffiles', about.conffiles.map((path) => `${path}\n`).join(''))
    for (const path of everything(root)) {
      if (lstatSync(path).isDirectory()) chmodSync(path, 0o755)
      lutimesSync(path, build.time, build.time)
    }
    run('env', [
      `SOURCE_DATE_EPOCH=${build.time}`,
      ...['dpkg-deb', '--root-owner-group', ...COMPRESSIONS[build.compression], '--threads-max=1', '--build', root, to],
    ])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const everything = (root: string): readonly string[] =>
  [root, ...globSync('**/*', { cwd: root }).map((path) => join(root, path))].sort()

const files = (root: string, below: string): readonly string[] =>
  globSync(`${below}/**/*`, { cwd: root })
    .filter((path) => lstatSync(join(root, path)).isFile())
    .sort()

/** In KiB, as dpkg counts. */
const sizeOf = (root: string): number =>
  files(root, 'usr').reduce((sum, path) => sum + Math.ceil(lstatSync(join(root, path)).size / 1024), 0)

/** Configuration is not in it: dpkg keeps the hashes of conffiles itself. */
const md5sums = (root: string): string => `${run('md5sum', files(root, 'usr'), root)}\n`

const MAINTAINER = 'The Kuager authors <kuager@packages.kuager.org>'

const control = (about: DebianPackage, version: string, size: number): string => {
  const [short, ...long] = about.description
  const lines = [
    `Package: ${about.name}`,
    `Version: ${version}`,
    `Architecture: ${about.architecture}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${size}`,
    ...about.relations,
    `Section: ${about.section}`,
    'Priority: optional',
    `Description: ${short}`,
    ...long.map((line) => ` ${line === '' ? '.' : line}`),
  ]
  return `${lines.join('\n')}\n`
}

const changelog = (
  name: string,
  { version, time }: DebianBuild,
): string => `${name} (${version}) unstable; urgency=medium

  * What changed: CHANGELOG.md of the program.

 -- ${MAINTAINER}  ${new Date(time * 1000).toUTCString().replace('GMT', '+0000')}
`

const copyright = (
  about: DebianPackage,
): string => `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Kuager

Files: *
Copyright: 2026 the Kuager authors
License: Apache-2.0
${about.copyright ?? ''}
License: Apache-2.0
 On Debian systems, the text of the Apache License, Version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
`
