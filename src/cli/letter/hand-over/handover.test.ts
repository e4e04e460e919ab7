import type { World } from '../../../runtime/world.ts'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { signatureSchema } from '../../../letter/core/letter.ts'
import { makeKeyPair } from '../../../letter/handover/age.ts'
import { decodeRows } from '../../../letter/handover/csv.ts'
import { hasProgram } from '../../../../test/kit/net/lab-authority.ts'
import { digestOf, LetterHouse } from '../../../../test/kit/letter/letter-house.ts'
import { pdfSkip, ReadPdf } from '../../../../test/kit/browser/pdf.ts'
import { testWorld } from '../../../../test/kit/servers/world.ts'
import { runCommandLine } from '../../terminal/run-command.ts'
import { command } from '../letter.ts'

const ageSkip = hasProgram('age') ? false : 'needs age'

interface Ran {
  readonly exit: number
  readonly text: string
}

async function run(cwd: string, ...args: string[]): Promise<Ran> {
  let text = ''
  const exit = await runLetter(
    args,
    testWorld(cwd, (part) => (text += part)),
  )
  return { exit, text }
}

const NAMES = [
  'Әсел Ұлықбек',
  'Ғалым Қайратұлы',
  'Ұлықбек  ӘСЕЛ',
  'Өмір Іңкәр Һадис Үмітов',
  '=HYPERLINK("http://x")',
  'Һадис Үмітов',
]

const runLetter = (args: readonly string[], world: World): Promise<number> =>
  runCommandLine(command, { path: ['letter'], args, world })

describe('the handover of a letter', () => {
  for (const layers of [1, 2] as const)
    describe(`sealed in ${layers} layers`, () => {
      let house: LetterHouse
      let bundle: string
      /** Arguments that name a key of each layer. */
      let identities: string[]
      before(async () => {
        house = await LetterHouse.open({ layers })
        const sealed = []
        for (const [at, name] of NAMES.entries())
          sealed.push({
            bytes: await house.seal({ name, show_name: at !== 1, ...(at === 3 ? { comment: '+cmd\n"x"' } : {}) }),
            tier: at % 2 === 0 ? ('claimed' as const) : ('mail' as const),
          })
        const cts = await house.count(sealed)
        await house.take(cts[5] ?? digestOf(Buffer.from('')), 'withdrawn')
        bundle = await house.handOver('bundle')
        identities = house.pairs.flatMap(([, pair], at) => {
          const one = pair ?? house.pairs[at]?.[0]
          const file = join(house.folder, `key-${at}.txt`)
          writeFileSync(file, `# public key: ${one?.recipient}\n${one?.identity}\n`)
          return ['--identity', file]
        })
      })
      after(() => house[Symbol.asyncDispose]())

      const open = (from: string, out: string, ...more: string[]): Promise<Ran> =>
        run(
          house.folder,
          'open',
          from,
          ...identities,
          '--out',
          out,
          '--lang',
          'en',
          '--at',
          '2026-06-02T00:00:00Z',
          ...more,
        )
      /** A copy of the bundle, changed. */
      const changed = (name: string, change: (folder: string) => void): string => {
        const copy = join(house.folder, name)
        cpSync(bundle, copy, { recursive: true })
        change(copy)
        return copy
      }

      it('is counted by a third party without a key of it', async () => {
        const { exit, text } = await run(house.folder, 'verify', bundle, '--lang', 'en')
        assert.equal(exit, 0, text)
        assert.match(text, /Signatures counted: 5\n/)
        assert.match(text, /without a mailbox: 3\n/)
        assert.match(text, /withdrawn with the receipt: 1\n/)
        assert.match(text, /The log itself names this key/)
        const key = (await house.log.latest())?.origin ?? ''
        assert.match(text, new RegExp(`The log is signed by the key: ${key}`))
      })

      it('holds no name, no hour and no mailbox, in no file', () => {
        for (const entry of readdirSync(bundle, { recursive: true, withFileTypes: true })) {
          if (!entry.isFile()) continue
          const bytes = readFileSync(join(entry.parentPath, entry.name)).toString('latin1')
          for (const name of NAMES) assert.ok(!bytes.includes(Buffer.from(name).toString('latin1')), entry.name)
          assert.doesNotMatch(bytes, /hour|receipt":|mailbox":/)
        }
      })

      it('is the same, byte for byte, when it is written again', async () => {
        const again = await house.handOver('again')
        execFileSync('diff', ['-r', bundle, again])
      })

      it('opens into a table without formulas and lists that end with the proof of the number', async () => {
        const { exit, text } = await open(bundle, 'opened', '--no-pdf')
        assert.equal(exit, 0, text)
        const out = join(house.folder, 'opened')
        assert.equal(statSync(out).mode & 0o777, 0o700)
        const table = readFileSync(join(out, 'signatures.csv'), 'utf8')
        const [head, ...rows] = decodeRows(table) ?? []
        assert.equal(rows.length, 5)
        const column = (name: string): string[] => rows.map((row) => row[head?.indexOf(name) ?? -1] ?? '')
        assert.deepEqual(column('name'), [
          '\'=HYPERLINK("http://x")',
          'Әсел Ұлықбек',
          'Ғалым Қайратұлы',
          'Өмір Іңкәр Һадис Үмітов',
          'Ұлықбек  ӘСЕЛ',
        ])
        assert.deepEqual(column('same_name'), ['', '1', '', '', '1'])
        assert.deepEqual(column('comment')[3], '\'+cmd\n"x"')
        const review = decodeRows(readFileSync(join(out, 'review.csv'), 'utf8')) ?? []
        assert.deepEqual(
          review.map(([, reason, found]) => [reason, found]),
          [
            ['reason', 'found'],
            ['', 'same-name-1'],
            ['', 'same-name-1'],
          ],
        )
        for (const name of NAMES) assert.ok(!readFileSync(join(out, 'review.csv'), 'utf8').includes(name))
      })

      it(
        'gives the same lists again, readable by other programs, with every Kazakh letter',
        { skip: pdfSkip },
        async () => {
          assert.equal((await open(bundle, 'lists', '--bom')).exit, 0)
          assert.equal((await open(bundle, 'lists-2', '--bom')).exit, 0)
          const out = join(house.folder, 'lists')
          execFileSync('diff', ['-r', out, join(house.folder, 'lists-2')])
          assert.ok(readFileSync(join(out, 'signatures.csv'), 'utf8').startsWith('\ufeff'))
          for (const lang of ['kk', 'ru', 'en']) {
            using full = new ReadPdf(readFileSync(join(out, `list-${lang}.pdf`)))
            full.check()
            using open = new ReadPdf(readFileSync(join(out, `list-public-${lang}.pdf`)))
            for (const name of NAMES.slice(0, 2)) assert.ok(full.text().includes(name), `${lang} ${name}`)
            assert.ok(!open.text().includes('Ғалым'), 'who does not want to be named in public is not')
            const last = full.text(full.pages)
            assert.match(
              last.replaceAll(/\s/g, ''),
              new RegExp(Buffer.from((await house.log.latest())?.root ?? []).toString('hex')),
            )
            assert.equal(full.lang, lang)
          }
          using kazakh = new ReadPdf(readFileSync(join(out, 'list-kk.pdf')))
          for (const letter of 'әғқңөұүһіӘҒҚӨҰҮҺІ') assert.ok(kazakh.text().includes(letter), letter)
        },
      )

      it('opens with the age program alone to the same signatures', { skip: ageSkip }, async () => {
        assert.equal((await open(bundle, 'compared', '--no-pdf')).exit, 0)
        const readme = readFileSync(join(bundle, 'README-en.txt'), 'utf8')
        const commands = readme.split('\n').filter((line) => /^ {2}(?:sha256sum|for|mkdir)/.test(line))
        assert.equal(commands.length, 4)
        const copy = changed('by-hand', () => undefined)
        const files = identities.filter((_, at) => at % 2 === 1)
        const script = commands
          .join('\n')
          .replaceAll('KEY.txt', files[0] ?? '')
          .replaceAll('OUTER.txt', files[1] ?? '')
          .replaceAll('INNER.txt', files[0] ?? '')
          .replaceAll('../opened', '../hand')
        execFileSync('sh', ['-eu', '-c', script], { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'] })
        const [head, ...rows] = decodeRows(readFileSync(join(house.folder, 'compared', 'signatures.csv'), 'utf8')) ?? []
        const byHand = readdirSync(join(house.folder, 'hand'))
        assert.equal(byHand.length, rows.length)
        for (const row of rows) {
          const ct = row[head?.indexOf('ct') ?? -1] ?? ''
          const text = readFileSync(join(house.folder, 'hand', `${ct}.json`), 'utf8')
          assert.ok(NAMES.includes(signatureSchema.parse(JSON.parse(text)).name), text)
        }
      })

      const first = (folder: string): string =>
        join(folder, 'signatures', readdirSync(join(folder, 'signatures')).toSorted()[0] ?? '')
      const TAMPERED: Readonly<Record<string, readonly [(folder: string) => void, RegExp]>> = {
        'a signature whose byte is flipped': [(folder) => flip(first(folder), 200), /a file was altered/],
        'a signature that is left out': [(folder) => rmSync(first(folder)), /a counted signature has no file/],
        'two signatures that are swapped': [
          (folder) => {
            const [a = '', b = ''] = readdirSync(join(folder, 'signatures')).map((name) =>
              join(folder, 'signatures', name),
            )
            const kept = readFileSync(a)
            writeFileSync(a, readFileSync(b))
            writeFileSync(b, kept)
          },
          /a file was altered/,
        ],
        'a signature that is added': [
          (folder) => writeFileSync(join(folder, 'signatures', `${'ab'.repeat(32)}.age`), 'x'),
          /a file does not belong to a counted signature/,
        ],
        'a signature that is a link': [
          (folder) => {
            const path = first(folder)
            rmSync(path)
            symlinkSync('/etc/passwd', path)
          },
          /a counted signature has no file/,
        ],
        'a signature that is as large as a disk': [
          (folder) => writeFileSync(first(folder), Buffer.alloc(1_000_000)),
          /a counted signature has no file/,
        ],
        'a signature in a folder above': [
          (folder) => {
            mkdirSync(join(folder, 'signatures', 'x'))
            writeFileSync(join(folder, 'signatures', 'x', 'y.age'), 'x')
          },
          /this is not a signature file/,
        ],
        'a number that is raised': [
          (folder) => edit(folder, /"claimed":3/, '"claimed":4'),
          /the number shown and the number counted differ: claimed: 4 \/ 3/,
        ],
        'a list from which one is missing': [
          (folder) => edit(folder, /\{"ct":"[0-9a-f]{64}","leaf":\d+,"tier":"[a-z]+"\},/, ''),
          /the list is not what the log gives/,
        ],
        'a list with a signature that does not exist': [
          (folder) =>
            edit(folder, /"signatures":\[/, `"signatures":[{"ct":"${'cd'.repeat(32)}","leaf":1,"tier":"mail"},`),
          /the list is not what the log gives/,
        ],
        'a letter of other words': [
          (folder) => flip(join(folder, 'letters', '1.json'), 60),
          /a version of the letter is not the one logged/,
        ],
        'a leaf that is altered': [
          (folder) => flip(join(folder, 'log/tile/entries/000.p/8'), 60),
          /do not make the log that was signed|entries are missing/,
        ],
        'leaves that are gone': [(folder) => rmSync(join(folder, 'log/tile/entries/000.p/8')), /entries are missing/],
        'a checkpoint over another size': [
          (folder) => replaceIn(join(folder, 'log/checkpoint'), /\n8\n/, '\n6\n'),
          /entries are missing|do not make the log|no key that is trusted/,
        ],
        'a checkpoint of countless leaves': [
          (folder) => replaceIn(join(folder, 'log/checkpoint'), /\n\d+\n/, '\n9007199254740991\n'),
          /the checkpoint of the log is missing or cannot be read/,
        ],
        'a checkpoint without its signature': [
          (folder) =>
            replaceIn(
              join(folder, 'log/checkpoint'),
              /\u2014 (\S+) \S+/,
              `\u2014 $1 ${Buffer.alloc(68).toString('base64')}`,
            ),
          /no key that is trusted signed/,
        ],
      }
      for (const [name, [change, says]] of Object.entries(TAMPERED))
        it(`fails with ${name}`, async () => {
          const folder = changed(`tampered-${name.replaceAll(' ', '-')}`, change)
          const verified = await run(house.folder, 'verify', folder, '--lang', 'en')
          assert.equal(verified.exit, 3, verified.text)
          assert.match(verified.text, says)
          const opened = await open(folder, `out-${name.replaceAll(' ', '-')}`, '--no-pdf')
          assert.equal(opened.exit, 3, opened.text)
          rmSync(folder, { recursive: true })
        })

      it('is refused with one sentence where its manifest is none', async () => {
        for (const text of ['', '{', '[]', '{"format":"kuager-letter-handover/1"}', `{"x":${'['.repeat(10_000)}`]) {
          const folder = changed('broken', (copy) => writeFileSync(join(copy, 'manifest.json'), text))
          await assert.rejects(run(house.folder, 'verify', folder), { name: 'InputError', code: 'handover.manifest' })
          rmSync(folder, { recursive: true })
        }
        const linked = changed('linked', (copy) => {
          rmSync(join(copy, 'manifest.json'))
          symlinkSync('/etc/passwd', join(copy, 'manifest.json'))
        })
        await assert.rejects(run(house.folder, 'open', linked, ...identities, '--out', 'o'), {
          code: 'handover.missing',
        })
      })

      it('names the step where another key signed', async () => {
        const other = await LetterHouse.open()
        const key = other.log.keys[0]?.key
        await other[Symbol.asyncDispose]()
        const { publicKey, name, id } = key ?? assert.fail()
        const line = `${name}+${id}+${Buffer.from([1, ...publicKey]).toString('base64')}`
        const { exit, text } = await run(house.folder, 'verify', bundle, '--key', line, '--lang', 'en')
        assert.equal(exit, 3)
        assert.match(text, /no key that is trusted signed the checkpoint/)
      })

      it('does not open with a key of no holder, and makes no folder then', async () => {
        const { identity } = await makeKeyPair({ hybrid: false })
        writeFileSync(join(house.folder, 'wrong.txt'), `${identity}\n`)
        await assert.rejects(run(house.folder, 'open', bundle, '--identity', 'wrong.txt', '--out', 'never'), {
          code: 'identity.wrong',
        })
        assert.ok(!existsSync(join(house.folder, 'never')))
      })

      it('writes into no folder that stands', async () => {
        mkdirSync(join(house.folder, 'stands'), { recursive: true })
        await assert.rejects(open(bundle, 'stands', '--no-pdf'), { code: 'argument.invalid' })
      })
    })
})

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

function replaceIn(path: string, what: RegExp, by: string): void {
  const text = readFileSync(path, 'utf8')
  assert.match(text, what)
  writeFileSync(path, text.replace(what, by))
}

const edit = (folder: string, what: RegExp, by: string): void => replaceIn(join(folder, 'manifest.json'), what, by)
