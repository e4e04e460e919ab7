import {
  chmodSync,
  globSync,
  lstatSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packagedUnit } from '../../src/probe/install/systemd.ts'
import { run } from './locked.ts'
import { ROOT } from './program.ts'

const NAME = 'kuager-probe'
const COMPRESSIONS = { xz: ['-Zxz', '-z6'], gzip: ['-Zgzip', '-z1'] } as const

export interface DebianOptions {
  /** Of the program, as `0.2.0`. */
  readonly version: string
  readonly architecture: 'amd64' | 'arm64'
  /** The probe as one file of that architecture. */
  readonly program: string
  /** Unix seconds, of the commit. */
  readonly time: number
  /** xz is what is published; gzip takes seconds, to try a package. */
  readonly compression: 'xz' | 'gzip'
}

/** What lintian finds in a program that has its runtime inside, and why it stays. */
const OVERRIDES = `# Node.js brings its own libraries, at versions that its authors update together.
${NAME}: embedded-library *
# Symbols are those of the Node.js binary as its authors publish it.
${NAME}: unstripped-binary-or-object *
# Node.js is built so.
${NAME}: hardening-no-pie *
`

/** Writes the Debian package of the probe to `to`, the same bytes each time. Needs dpkg-deb. */
export function writeDebian(options: DebianOptions, to: string): void {
  const root = mkdtempSync(join(tmpdir(), 'kuager-debian-'))
  try {
    const put = (path: string, bytes: Uint8Array | string, mode = 0o644): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), bytes)
      chmodSync(join(root, path), mode)
    }
    const packed = (text: string | Buffer): Buffer => gzipSync(text, { level: 9 })
    mkdirSync(join(root, 'usr/bin'), { recursive: true })
    copyFileSync(options.program, join(root, 'usr/bin', NAME))
    chmodSync(join(root, 'usr/bin', NAME), 0o755)
    put(`usr/lib/systemd/user/${NAME}.service`, packagedUnit(`/usr/bin/${NAME}`))
    put(`usr/share/man/man1/${NAME}.1.gz`, packed(readFileSync(join(ROOT, 'scripts/release/kuager-probe.1'))))
    put(`usr/share/doc/${NAME}/copyright`, copyright())
    put(`usr/share/doc/${NAME}/changelog.gz`, packed(changelog(options)))
    put(`usr/share/lintian/overrides/${NAME}`, OVERRIDES)
    put('DEBIAN/control', control(options, sizeOf(root)))
    put('DEBIAN/md5sums', md5sums(root))
    for (const path of everything(root)) {
      if (lstatSync(path).isDirectory()) chmodSync(path, 0o755)
      utimesSync(path, options.time, options.time)
    }
    run('env', [
      `SOURCE_DATE_EPOCH=${options.time}`,
      ...[
        'dpkg-deb',
        '--root-owner-group',
        ...COMPRESSIONS[options.compression],
        '--threads-max=1',
        '--build',
        root,
        to,
      ],
    ])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const everything = (root: string): readonly string[] =>
  [root, ...globSync('**/*', { cwd: root }).map((path) => join(root, path))].sort()

const files = (root: string): readonly string[] =>
  globSync('usr/**/*', { cwd: root })
    .filter((path) => lstatSync(join(root, path)).isFile())
    .sort()

/** In KiB, as dpkg counts. */
const sizeOf = (root: string): number =>
  files(root).reduce((sum, path) => sum + Math.ceil(lstatSync(join(root, path)).size / 1024), 0)

const md5sums = (root: string): string => `${run('md5sum', files(root), root)}\n`

const MAINTAINER = 'The Kuager authors <kuager@packages.kuager.org>'

const control = ({ version, architecture }: DebianOptions, size: number): string => `Package: ${NAME}
Version: ${version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${size}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6
Section: net
Priority: optional
Description: measures from this connection whether services can be reached
 Tests social networks, messengers and other services from this connection
 and judges whether a failure is that of the connection, of the service or an
 interference on the way. Nothing is measured before its owner has agreed.
 .
 The program is one file with its runtime inside.
`

const changelog = ({ version, time }: DebianOptions): string => `${NAME} (${version}) unstable; urgency=medium

  * What changed: CHANGELOG.md of the program.

 -- ${MAINTAINER}  ${new Date(time * 1000).toUTCString().replace('GMT', '+0000')}
`

/** Licences of the program and of its runtime; those of the libraries inside are in the bill of materials. */
const copyright = (): string => `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Kuager

Files: *
Copyright: 2026 the Kuager authors
License: Apache-2.0
Comment:
 Node.js and the libraries inside are under licences of their own, which the
 bill of materials (CycloneDX) published with each release lists.

License: Apache-2.0
 On Debian systems, the text of the Apache License, Version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
`
