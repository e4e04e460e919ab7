import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packagedUnit } from '../../src/probe/install/systemd.ts'
import { packed, type DebianPackage } from './debian.ts'
import { ROOT } from './program.ts'

const NAME = 'kuager-probe'

/** What lintian finds in a program that has its runtime inside, and why it stays. */
const OVERRIDES = `# Node.js brings its own libraries, at versions that its authors update together.
${NAME}: embedded-library *
# Symbols are those of the Node.js binary as its authors publish it.
${NAME}: unstripped-binary-or-object *
# Node.js is built so.
${NAME}: hardening-no-pie *
`

/** The Debian package of the probe; `program` is the probe as one file of that architecture. */
export const probePackage = (architecture: 'amd64' | 'arm64', program: string): DebianPackage => ({
  name: NAME,
  architecture,
  section: 'net',
  relations: ['Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6'],
  description: [
    'measures from this connection whether services can be reached',
    'Tests social networks, messengers and other services from this connection',
    'and judges whether a failure is that of the connection, of the service or an',
    'interference on the way. Nothing is measured before its owner has agreed.',
    '',
    'The program is one file with its runtime inside.',
  ],
  copyright: `Comment:
 Node.js and the libraries inside are under licences of their own, which the
 bill of materials (CycloneDX) published with each release lists.
`,
  overrides: OVERRIDES,
  fill(put, root) {
    mkdirSync(join(root, 'usr/bin'), { recursive: true })
    copyFileSync(program, join(root, 'usr/bin', NAME))
    chmodSync(join(root, 'usr/bin', NAME), 0o755)
    put(`usr/lib/systemd/user/${NAME}.service`, packagedUnit(`/usr/bin/${NAME}`))
    put(`usr/share/man/man1/${NAME}.1.gz`, packed(readFileSync(join(ROOT, 'scripts/release/kuager-probe.1'))))
  },
})
