import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { writeDebian } from '../scripts/release/debian.ts'
import { folderOf } from '../scripts/release/locked.ts'
import { manPages } from '../scripts/release/server/man-pages.ts'
import { exampleFiles, servicePackages } from '../scripts/release/server/packages.ts'
import { filesOfLibrary, librariesFor } from '../scripts/release/server/program-folder.ts'
import { ROOT } from './house/sources.ts'

const SERVICES = ['observatory', 'reader', 'control', 'letter'] as const
const has = (program: string): boolean => existsSync(`/usr/bin/${program}`)
const BUILD = { version: '9.9.9', time: 1_764_500_000, compression: 'gzip' } as const

describe('the Debian packages of the services', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-packages-'))
  after(() => rmSync(folder, { recursive: true }))

  const noSystemd = has('systemd-analyze') ? false : 'needs systemd-analyze'
  for (const unit of globSync('deploy/*/*.service', { cwd: ROOT }))
    it(`run ${unit} with an exposure of at most 2.5`, { skip: noSystemd }, () => {
      const args = ['security', '--offline=true', '--no-pager', join(ROOT, unit)]
      const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
      const [, exposure] = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout) ?? []
      assert.ok(Number(exposure) <= 2.5, stdout)
    })

  it('have the user and the folder that the unit for backups names', () => {
    const lines = (unit: string): readonly string[] => readFileSync(unit, 'utf8').split('\n')
    const backup = lines(join(ROOT, 'deploy/backup/kuager-backup.service'))
    const observatory = lines(join(ROOT, 'deploy/systemd/kuager-observatory.service')).filter((line) =>
      /^(?:User|Environment)=/.test(line),
    )
    assert.equal(observatory.length, 2)
    for (const line of observatory) assert.ok(backup.includes(line), line)
    const [page = ''] = backup.flatMap(
      (line) => /^Documentation=file:\/usr\/share\/doc\/kuager\/(.+)$/.exec(line)?.[1] ?? [],
    )
    assert.ok(existsSync(join(ROOT, page)) && page !== '', page)
  })

  const noDpkg = has('dpkg-deb') ? false : 'needs dpkg-deb'
  it('are the same bytes each time, with settings that an upgrade leaves', { skip: noDpkg }, () => {
    for (const about of servicePackages(BUILD.version)) {
      const [first, second] = ['first', 'second'].map((one) => {
        mkdirSync(join(folder, one), { recursive: true })
        const to = join(folder, one, `${about.name}_9.9.9_all.deb`)
        writeDebian(about, BUILD, to)
        return readFileSync(to)
      })
      assert.ok(first?.equals(second ?? Buffer.of()), about.name)
      const file = join(folder, 'first', `${about.name}_9.9.9_all.deb`)
      const conffiles = execFileSync('dpkg-deb', ['--info', file, 'conffiles'], { encoding: 'utf8' })
      assert.match(conffiles, /^\/etc\/kuager\/(?:observatory|reader|control|letter)\.env\n$/)
      const listed = execFileSync('dpkg-deb', ['--contents', file], { encoding: 'utf8' })
      assert.match(listed, /^-rw-r----- root\/root .* \.\/etc\/kuager\//m, 'a password in it is read by root alone')
      assert.doesNotMatch(listed, /\/var\//, 'folders are made by tmpfiles, so that no removal takes them')
    }
  })

  it(
    'are packages of which lintian says nothing',
    { skip: noDpkg || (has('lintian') ? false : 'needs lintian') },
    () => {
      const files = SERVICES.map((name) => join(folder, 'first', `kuager-${name}_9.9.9_all.deb`))
      const said = spawnSync('lintian', ['--allow-root', '--tag-display-limit', '0', ...files], { encoding: 'utf8' })
      assert.deepEqual([said.stdout, said.status], ['', 0])
    },
  )

  it('bring settings of which each line that counts is NAME="VALUE", as systemd and the commands read it', () => {
    for (const name of SERVICES)
      for (const line of readFileSync(join(ROOT, 'deploy/systemd', `${name}.env`), 'utf8').split('\n'))
        if (line !== '' && !line.startsWith('# ')) assert.match(line, /^[A-Z_]+="[^"\\$`]*"$/)
  })

  it('run commands with these settings, and run nothing that is in them', () => {
    // Stand-ins for what needs root; the rest of the script is that of the package.
    const settings = join(folder, 'settings')
    writeFileSync(settings, '# a remark\nSERVE_OPTIONS="--rate 5"\nKUAGER_X="$(touch gone) `touch gone`"\n')
    const script = readFileSync(join(ROOT, 'deploy/systemd/commands/as-service.sh'), 'utf8').replace('$(id -u)', '0')
    const program = `setpriv() { printf '%s|' "$@"; printf '%s|%s\\n' "$SERVE_OPTIONS" "$KUAGER_X"; }
${script.replace('exec setpriv', 'setpriv')}
as_service someone ${settings} keys list`
    const said = execFileSync('sh', ['-euc', program], { encoding: 'utf8', cwd: folder })
    assert.match(
      said,
      /^--reuid=someone\|.*\|\/usr\/bin\/kuager\|keys\|list\|--rate 5\|\$\(touch gone\) `touch gone`\n$/,
    )
    assert.equal(existsSync(join(folder, 'gone')), false)
  })

  it('bring every file for operators that a document names', () => {
    const examples = new Set(exampleFiles())
    const named = globSync('docs/operating/*.md', { cwd: ROOT }).flatMap((page) =>
      [
        ...readFileSync(join(ROOT, page), 'utf8').matchAll(
          /`(?:deploy|\/usr\/share\/doc\/kuager\/examples)\/([\w./-]+)`/g,
        ),
      ].map(([, name = '']) => `deploy/${name}`),
    )
    assert.ok(named.length > 8, named.join(' '))
    const isThere = (name: string): boolean =>
      examples.has(name) || [...examples].some((file) => name.endsWith('/') && file.startsWith(name))
    assert.deepEqual(
      named.filter((name) => !isThere(name)),
      [],
    )
    assert.ok(examples.has('deploy/caddy/Caddyfile') && examples.has('deploy/backup/kuager-backup.timer'))
    assert.equal(
      [...examples].some((name) => name.startsWith('deploy/systemd')),
      false,
    )
  })

  it('bring a page of the manual for each command, which the typesetter reads without a warning', async () => {
    const pages = await manPages()
    const names = pages.map(({ name }) => name)
    for (const name of ['kuager', 'kuager-serve', 'kuager-control', 'kuager-letter', 'kuager-doctor', 'kuager-upgrade'])
      assert.ok(names.includes(name), name)
    const letter = pages.find(({ name }) => name === 'kuager-letter')?.text ?? ''
    for (const part of ['KUAGER LETTER PUBLISH', 'KUAGER LETTER KEYS NEW'])
      assert.ok(letter.includes(`.SH ${part}`), part)
    for (const { name, text } of pages)
      assert.doesNotMatch(
        text,
        /^(?!\.(?:TH|SH|B|BR|I|RI|PP|TP|nf|fi)\b)['.]/m,
        `${name} has a line that is read as a request`,
      )
  })

  it('bring of each library every file that another file of it imports', () => {
    for (const place of librariesFor('x64')) {
      const files = new Set(filesOfLibrary(place))
      const named = [...files].filter((file) => /\.[cm]?js$/.test(file) && !file.endsWith('.min.js'))
      for (const file of named) {
        const code = readFileSync(join(folderOf(place), file), 'utf8')
        for (const [, target = ''] of code.matchAll(
          /^(?:import|export)\b[^'";]*?\bfrom ?["'](\.{1,2}\/[^"']+\.[cm]?js)["']/gm,
        )) {
          const path = join(dirname(file), target)
          // What is not there at all is not ours to bring.
          if (existsSync(join(folderOf(place), path))) assert.ok(files.has(path), `${place}/${file} imports ${target}`)
        }
      }
    }
  })

  it('bring every library that runs on Linux, and no program to build or test with', () => {
    const libraries = librariesFor('x64')
    for (const name of ['zod', 'chdb', '@chdb/lib-linux-x64-gnu', 'docx/node_modules/nanoid', 'pg'])
      assert.ok(libraries.includes(name), name)
    assert.deepEqual(
      libraries.filter((name) => /esbuild|prettier|playwright|darwin|win32|musl|arm|@types/.test(name)),
      [],
    )
  })
})
