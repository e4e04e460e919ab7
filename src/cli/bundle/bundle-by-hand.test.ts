import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  checkByHand,
  keyOfBag,
  LACKING_BY_HAND,
  listAnew,
  STEPS_BY_HAND,
  type ByHand,
  type CheckedByHand,
} from '../../../test/kit/proof/by-hand.ts'
import { fillBundles } from '../../../test/kit/evening/evening.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { checkpointText, parseCheckpoint } from '../../core/evidence/log/checkpoint.ts'
import { formatVerifierKey, keyId, signNote } from '../../core/evidence/log/signed-note.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { makeSeed, publicKeyOf, sha256, signEd25519 } from '../../runtime/ed25519.ts'

const SHELLS = ['bash', 'dash'].filter(hasProgram)
const lacking = [...LACKING_BY_HAND, ...(SHELLS.length === 0 ? ['bash or dash'] : [])]
const ANOTHER = 'other.example/log+12345678+AUQmrkq5lSebObilvXsAkKsaYOGXSNy7DQePrjGaW/rT'

type Plant = (at: string) => void

/** `of`: the bundle that is copied. */
type Planting = ByHand & { readonly of?: string }

const edit = (path: string, from: string | RegExp, to: string): void => {
  const text = readFileSync(path, 'utf8')
  const edited = text.replace(from, to)
  assert.notEqual(edited, text, path)
  writeFileSync(path, edited)
}

/** Leaves out every line of a file that is about a leaf. */
const dropLine = (path: string, about: (line: string) => boolean): void =>
  edit(path, /^[^]*$/, readFileSync(path, 'utf8').split('\n').filter((line) => !about(line)).join('\n')) // prettier-ignore

const leafOf = (line: string): number | undefined =>
  line === '' ? undefined : (JSON.parse(line) as { readonly leaf: number }).leaf

/** Takes a measurement out of everything that names it but the revisions, as its maker would have left it out. */
function takeOut(at: string, leaf: number): void {
  for (const name of ['measurements', 'verdicts', 'observations'])
    dropLine(join(at, `data/${name}.jsonl`), (line) => leafOf(line) === leaf)
  dropLine(join(at, 'data/log/leaves.txt'), (line) => line.startsWith(`${leaf} `))
  rmSync(join(at, `data/raw/${leaf}.json`))
  rmSync(join(at, `data/log/proofs/${leaf}.tlog-proof`))
  const index = join(at, 'data/bundle.json')
  const { counts } = JSON.parse(readFileSync(index, 'utf8')) as { readonly counts: { readonly measurements: number } }
  edit(index, `"measurements":${counts.measurements},`, `"measurements":${counts.measurements - 1},`)
}

describe('the text of VERIFY.md', () => {
  it('gives the same commands in three languages, and says of every step what it means', () => {
    const text = readFileSync(join(PACKAGE_ROOT, 'docs/bundle/VERIFY.md'), 'utf8')
    const parts = text.split(/^## /m).slice(1)
    assert.equal(parts.length, 3)
    for (const part of parts) {
      const [title = ''] = part.split('\n')
      const [, commands = ''] = /^```console\n(.*?)^```$/ms.exec(part) ?? []
      assert.match(
        commands,
        /^cd \S+\nSCRIPT=\$\(mktemp\)\nawk '.*' data\/VERIFY\.md > "\$SCRIPT"\nPUBLISHED='\S+' sh "\$SCRIPT"\n$/,
      )
      const rows = [...part.matchAll(/^\| ([0-9][0-9a-e, ]*) \|/gm)].flatMap(([, steps = '']) => steps.split(', '))
      assert.deepEqual(rows, [...STEPS_BY_HAND, '8'], title)
    }
  })
})

describe('VERIFY.md', { skip: lacking.length === 0 ? false : `${lacking.join(', ')}: not installed` }, () => {
  let cwd: string
  /** A sound bundle of an incident. */
  let finding: string
  /** A sound bundle of the measurements of an hour. */
  let bag: string
  let named: readonly number[]
  let unnamed: readonly number[]
  /** The file that steps 4 and 5 look at, and the last one, which they do not. */
  let first: string
  let last: string

  let turn = 0
  /**
   * A copy in which something is planted, as a reader checks it who has text and key from elsewhere, in one shell after
   * another. Copied by a program: a bundle has hundreds of files.
   */
  const planted = async (plant: Plant, { of = bag, ...by }: Planting = {}): Promise<CheckedByHand> => {
    const copy = join(cwd, 'planted')
    execFileSync('cp', ['-R', of, copy])
    try {
      plant(copy)
      const shell = SHELLS[turn++ % SHELLS.length] ?? 'sh'
      const said = await checkByHand(copy, { how: join(of, 'data/VERIFY.md'), published: keyOfBag(of), shell, ...by })
      assert.doesNotMatch(said.out, /Traceback|not found|syntax/i)
      return said
    } finally {
      execFileSync('rm', ['-rf', copy])
    }
  }
  /** As above; every step that does not fail holds, and the count says so. */
  const checked = async (plant: Plant, by?: Planting): Promise<CheckedByHand> => {
    const said = await planted(plant, by)
    const { ok, failed, count, exit, out } = said
    assert.deepEqual([...ok, ...failed].sort(), [...STEPS_BY_HAND], out)
    assert.equal(
      count,
      `${ok.length} of ${STEPS_BY_HAND.length} hold; failed: ${failed.length}${failed.length === 0 ? '' : ` (step ${failed.join(' ')})`}; not checked: 0`,
    )
    assert.equal(exit, failed.length === 0 ? 0 : 1)
    return said
  }
  const failing = async (plant: Plant): Promise<readonly string[]> => (await checked(plant)).failed
  /** The lists are made again over what was planted. */
  const hidden =
    (plant: Plant): Plant =>
    (at) => {
      plant(at)
      listAnew(at)
    }
  const forged = async (plant: Plant, of = bag): Promise<readonly string[]> =>
    (await checked(hidden(plant), { of })).failed

  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-by-hand-'))
    ;({ bag: finding, hour: bag } = await fillBundles(cwd))
    const lines = readFileSync(join(finding, 'data/measurements.jsonl'), 'utf8').trimEnd().split('\n')
    const [revision = ''] = readdirSync(join(finding, 'data/revisions'))
    const logged = readFileSync(join(finding, 'data/revisions', revision), 'utf8')
    named = (JSON.parse(logged) as { readonly measurements: readonly number[] }).measurements
    unnamed = lines.map((line) => leafOf(line) ?? -1).filter((leaf) => !named.includes(leaf))
    const raw = readdirSync(join(bag, 'data/raw')).sort()
    first = `data/raw/${raw[0] ?? ''}`
    last = `data/raw/${raw.at(-1) ?? ''}`
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  it('lets a sound bundle pass, also from within data/, and leaves it as it is', async () => {
    for (const _ of SHELLS) assert.deepEqual(await failing(() => undefined), [])
    const script = join(cwd, 'commands.sh')
    const taken = ['/^```/ { on = ($0 == "```sh"); next } on', 'data/VERIFY.md']
    writeFileSync(script, execFileSync('awk', taken, { cwd: bag }))
    const out = execFileSync('sh', [script], {
      cwd: join(bag, 'data'),
      encoding: 'utf8',
      env: { ...process.env, PUBLISHED: keyOfBag(bag) },
    })
    assert.match(out, /^13 of 13 hold; failed: 0; not checked: 0$/m)
  })

  it('finds which file was changed, added or taken away', async () => {
    const change: Plant = (at) => edit(join(at, first), '"probe_asn":"AS6', '"probe_asn":"AS7')
    const { failed, out, wrong } = await checked(change)
    assert.deepEqual(failed, ['1c', '4', '6'])
    assert.ok(out.includes(`${first}: FAILED`), out)
    assert.deepEqual(wrong, [`${first} is not the file that was logged`])
    assert.deepEqual(await failing((at) => appendFileSync(join(at, 'data/program.json'), ' ')), ['1c'])
    assert.deepEqual(await failing((at) => writeFileSync(join(at, 'data/more.txt'), '')), ['1d'])
    assert.deepEqual(await failing((at) => writeFileSync(join(at, 'more.txt'), '')), ['1e'])
    assert.deepEqual(await failing((at) => rmSync(join(at, 'data/program.json'))), ['1c', '1d'])
  })

  it('finds a measurement that was changed together with the lists, and names it', async () => {
    const change: Plant = (at) => edit(join(at, last), '2026-10-06', '2026-10-05')
    assert.deepEqual(await forged((at) => rmSync(join(at, last))), ['6', '7a'])
    const { failed, wrong } = await checked(hidden(change))
    assert.deepEqual(failed, ['6', '7a'])
    assert.equal(wrong[0], `${last} is not the file that was logged`)
    assert.match(wrong[1] ?? '', /^manifest-sha512\.txt is not the one that was sealed: sealed [0-9a-f]{16}…, here /)
  })

  it('finds by the seal that a measurement was taken out everywhere, and by the revision that it was named', async () => {
    const [spare = -1] = unnamed
    const [needed = -1] = named
    const held = JSON.parse(readFileSync(join(finding, 'data/bundle.json'), 'utf8')) as {
      readonly counts: { readonly measurements: number }
    }
    const { failed, wrong, out } = await checked(
      hidden((at) => takeOut(at, spare)),
      { of: finding },
    )
    assert.deepEqual(failed, ['7a'])
    const count = held.counts.measurements
    assert.ok(wrong.includes(`the seal says measurements: ${count}, here are ${count - 1}`), out)
    assert.deepEqual(await forged((at) => takeOut(at, needed), finding), ['6', '7a'])
  })

  it('finds any other file that was changed together with the lists', async () => {
    const version: Plant = (at) => edit(join(at, 'data/program.json'), '"node":"v', '"node":"w')
    assert.deepEqual(await forged(version), ['7a'])
    assert.deepEqual(await forged((at) => appendFileSync(join(at, 'data/verdicts.jsonl'), '{}\n')), ['7a'])
    assert.deepEqual(await forged((at) => edit(join(at, 'bag-info.txt'), '20', '19')), ['7a'])
    const other: Plant = (at) => edit(join(at, 'data/derivation.json'), '"incident":"', '"incident":"x')
    assert.deepEqual(await forged(other, finding), ['6', '7a'])
  })

  it('finds a seal that was changed, taken away or broken, and still reads the rest', async () => {
    assert.deepEqual(await forged((at) => edit(join(at, 'seal.json'), /"at":"2\d{3}/, '"at":"1999')), ['7a', '7c'])
    assert.deepEqual(await forged((at) => rmSync(join(at, 'seal.json'))), ['7a', '7b', '7c'])
    assert.deepEqual(await forged((at) => writeFileSync(join(at, 'seal.json'), '{')), ['7a', '7b', '7c'])
    assert.deepEqual(await forged((at) => edit(join(at, 'seal.tlog-proof'), /\n(\d+)\n/, '\n1$1\n')), ['7a', '7b'])
  })

  it('finds a checkpoint that was changed', async () => {
    const longer: Plant = (at) => edit(join(at, 'data/log/checkpoint'), /\n(\d+)\n/, '\n1$1\n')
    assert.deepEqual(await forged(longer), ['3', '5', '6', '7a'])
    assert.deepEqual(await forged((at) => rmSync(join(at, 'data/log/leaves.txt'))), ['4', '5', '6', '7a'])
  })

  it('says loudly that no key was given, and takes one line of several', async () => {
    for (const published of ['', 'KEY']) {
      const { ok, failed, count, exit, out } = await planted(() => undefined, { published })
      assert.deepEqual(ok, STEPS_BY_HAND.filter((step) => step !== '2'), out) // prettier-ignore
      assert.deepEqual(failed, [])
      assert.match(out, /^NOT CHECKED: 2 YOU GAVE NO KEY/m)
      assert.equal(count, '12 of 13 hold; failed: 0; not checked: 1')
      assert.equal(exit, 1)
    }
    const several = await planted(() => undefined, { published: `${ANOTHER}\r\n  ${keyOfBag(bag)} \n\n` })
    assert.deepEqual(several.failed, [], several.out)
    const none = await planted((at) => writeFileSync(join(at, 'data/log/keys.txt'), ''), {
      published: `${ANOTHER}\n\n`,
    })
    assert.ok(none.failed.includes('2'), none.out)
  })

  it('finds a bundle of another log by the key that the reader brings, and one half exchanged by itself', async () => {
    const { failed, wrong, count } = await planted(() => undefined, { published: ANOTHER })
    assert.deepEqual(failed, ['2'])
    assert.deepEqual(wrong, [`this bundle is of another log, or of another key: ${keyOfBag(bag)}`])
    assert.equal(count, '12 of 13 hold; failed: 1 (step 2); not checked: 0')
    const seed = makeSeed()
    const publicKey = publicKeyOf(seed)
    const exchanged = await planted((at) => {
      const path = join(at, 'data/log/checkpoint')
      const checkpoint = parseCheckpoint(readFileSync(path))
      const name = checkpoint.origin
      const key = { name, id: keyId(name, publicKey, sha256), publicKey }
      writeFileSync(join(at, 'data/log/keys.txt'), `${formatVerifierKey(key)}\n`)
      writeFileSync(path, signNote(checkpointText(checkpoint), { ...key, sign: (text) => signEd25519(seed, text) }))
      listAnew(at)
    })
    assert.ok(exchanged.ok.includes('3'), exchanged.out)
    assert.deepEqual(exchanged.failed, ['2', '6', '7a', '7b'])
  })

  it('says also of a forged bundle that what it holds was simulated', async () => {
    const { failed, out } = await checked(
      hidden((at) => edit(join(at, 'data/bundle.json'), '"simulated":true', '"simulated":false')),
    )
    assert.deepEqual(failed, ['6', '7a'])
    assert.match(out, /^SIMULATED: NOTHING IN THIS BUNDLE WAS MEASURED/m)
  })

  it('stops at what is no plain file or list before it reads it', async () => {
    const plants: readonly Plant[] = [
      (at) => {
        renameSync(join(at, 'data/program.json'), join(cwd, 'elsewhere.json'))
        symlinkSync(join(cwd, 'elsewhere.json'), join(at, 'data/program.json'))
      },
      (at) => execFileSync('mkfifo', [join(at, 'data/raw/pipe')]),
      (at) => writeFileSync(join(at, 'data/raw/\u001b[31m\nok: 9 all is well'), ''),
      (at) => appendFileSync(join(at, 'manifest-sha512.txt'), `${'0'.repeat(128)}  /dev/zero\n`),
      (at) => appendFileSync(join(at, 'manifest-sha512.txt'), `${'0'.repeat(128)}  data/../../../dev/zero\n`),
      (at) => rmSync(join(at, 'bagit.txt')),
    ]
    for (const plant of plants) {
      const { ok, failed, count, exit } = await planted(plant)
      assert.deepEqual({ ok, failed, count, exit }, { ok: [], failed: ['1a'], count: '0 hold: stopped here', exit: 1 })
    }
  })

  it('runs nothing of a bundle, and lets nothing of it move the cursor', async () => {
    const mark = join(cwd, 'was-run')
    const arithmetic = await checked(
      hidden((at) => edit(join(at, 'data/log/checkpoint'), /\n(\d+)\n/, `\nx[$(touch ${mark})]\n`)),
    )
    assert.ok(!existsSync(mark))
    assert.deepEqual(arithmetic.failed, ['3', '5', '6', '7a'], arithmetic.out)
    const reason = await planted((at) => {
      edit(join(at, 'seal.json'), '"reason":"', String.raw`"reason":"\u001b[2J\nok: 9 all is well`)
      edit(join(at, 'data/log/checkpoint'), /\n(\d+)\n/, '\n\u001b[2J\n')
      listAnew(at)
    })
    assert.ok(!reason.out.includes('\u001b') && !reason.ok.includes('9'), reason.out)
    const withdrawn = await planted(
      hidden((at) => {
        for (const name of readdirSync(join(at, 'data/revisions'))) {
          const revision = join(at, 'data/revisions', name)
          edit(revision, '"withdrawn":false', '"withdrawn":true')
          edit(revision, /"reason":"[^"]*/, String.raw`"reason":"\u001b[2J\nok: 9 all is well\n13 of 13 hold`)
        }
      }),
      { of: finding },
    )
    assert.match(withdrawn.out, /^WITHDRAWN: /m)
    assert.ok(!withdrawn.out.includes('\u001b') && !withdrawn.ok.includes('9'), withdrawn.out)
    assert.doesNotMatch(withdrawn.out, /^13 of 13 hold/m)
  })
})
