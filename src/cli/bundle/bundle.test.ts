import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { checkByHand, LACKING_BY_HAND, STEPS_BY_HAND } from '../../../test/kit/proof/by-hand.ts'
import { commandLine, fillBundles, type RunInFolder } from '../../../test/kit/evening/evening.ts'
import { pdfSkip, ReadPdf } from '../../../test/kit/browser/pdf.ts'
import { openPress } from '../../documents/typst/compile.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { serveFolderAt } from '../../../test/kit/servers/served-folder.ts'
import { TimeAuthority } from '../../../test/kit/servers/time-authority.ts'
import { withdrawOne } from '../../../test/kit/evening/withdrawn-incident.ts'
import { TestWitness } from '../../../test/kit/servers/witness.ts'
import { parseVerifierKey } from '../../core/evidence/log/signed-note.ts'
import {
  bundleMeasurementSchema,
  bundleSchema,
  bundleVerdictSchema,
  derivationEnvelopeSchema,
  programSchema,
  redactionsSchema,
} from '../../core/model/incident/bundle.ts'
import { sha256 } from '../../runtime/ed25519.ts'

const press = await openPress()
const TOOLS = LACKING_BY_HAND
const byHand = { skip: TOOLS.length === 0 ? false : `${TOOLS.join(', ')}: not installed` }

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
const digestOf = (path: string): string => createHash('sha512').update(readFileSync(path)).digest('hex')
const jsonOf = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const linesOf = (path: string): readonly unknown[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))

describe('kuager bundle', () => {
  let cwd: string
  let id: string
  let bag: string
  /** A bundle of the measurements of one hour. */
  let small: string
  let run: RunInFolder

  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-bundle-'))
    run = commandLine(cwd)
    ;({ id, bag, hour: small } = await fillBundles(cwd))
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  it('writes index files of the documented forms, which agree with the files', () => {
    const index = bundleSchema.parse(jsonOf(join(bag, 'data/bundle.json')))
    const measurements = linesOf(join(bag, 'data/measurements.jsonl')).map((line) =>
      bundleMeasurementSchema.parse(line),
    )
    const verdicts = linesOf(join(bag, 'data/verdicts.jsonl')).map((line) => bundleVerdictSchema.parse(line))
    const raw = readdirSync(join(bag, 'data/raw'))
    assert.equal(index.name, bag.slice(bag.lastIndexOf('/') + 1))
    assert.deepEqual(index.about, { kind: 'incident', incident: id, revision: 1 })
    assert.equal(index.simulated, true)
    assert.equal(index.counts.measurements, measurements.length)
    assert.deepEqual(
      raw.map((name) => Number(name.replace('.json', ''))).toSorted((a, b) => a - b),
      measurements.map(({ leaf }) => leaf),
    )
    assert.deepEqual(
      verdicts.map(({ leaf }) => leaf),
      measurements.map(({ leaf }) => leaf),
    )
    derivationEnvelopeSchema.parse(jsonOf(join(bag, 'data/derivation.json')))
    programSchema.parse(jsonOf(join(bag, 'data/program.json')))
    const redactions = redactionsSchema.parse(jsonOf(join(bag, 'data/redactions.json')))
    assert.ok(redactions.fields.some(({ what }) => what === '/resolver_ip'))
  })

  it('leaves out nothing for what it shows: passes, failures, other networks and services for comparison are there', () => {
    const roles = new Set(
      linesOf(join(bag, 'data/measurements.jsonl')).map((line) => bundleMeasurementSchema.parse(line).role),
    )
    const kinds = new Set(
      linesOf(join(bag, 'data/verdicts.jsonl')).map((line) => bundleVerdictSchema.parse(line).verdict['kind']),
    )
    for (const role of ['series', 'comparison', 'same-service'] as const) assert.ok(roles.has(role), role)
    for (const kind of ['reachable', 'interfered']) assert.ok(kinds.has(kind), kind)
  })

  it(
    'is a bag by the rules of sha512sum',
    { skip: hasProgram('sha512sum') ? false : 'sha512sum is not installed' },
    () => {
      for (const list of ['manifest-sha512.txt', 'tagmanifest-sha512.txt'])
        execFileSync('sha512sum', ['-c', '--strict', '--quiet', list], { cwd: bag })
      const listed = ['manifest-sha512.txt', 'tagmanifest-sha512.txt'].flatMap((list) =>
        readFileSync(join(bag, list), 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => line.slice(130)),
      )
      assert.deepEqual([...listed, 'tagmanifest-sha512.txt'].sort(), filesOf(bag))
    },
  )

  it('is checked by hand with the commands that it brings', byHand, async () => {
    for (const shell of ['sh', 'bash'].filter(hasProgram)) {
      const { ok, out, count, exit } = await checkByHand(bag, { shell })
      assert.deepEqual(ok, STEPS_BY_HAND, out)
      assert.match(out, /made .* by analyst-1: a test; key of custody kuager-custody\+/)
      assert.match(out, /^0 time stamps: only the operator of the log vouches for the time$/m)
      assert.match(out, /^SIMULATED: NOTHING IN THIS BUNDLE WAS MEASURED/m)
      assert.equal(count, `${ok.length} of ${ok.length} hold; failed: 0; not checked: 0`)
      assert.equal(exit, 0)
    }
  })

  it('makes the same zip of the same files, which unzip takes apart again', async () => {
    const { exit, out } = await run('bundle', '--incident', id, '--out', 'zipped', '--zip', '--json')
    assert.equal(exit, 0, out)
    const told = JSON.parse(out) as { readonly path: string; readonly sha512: string; readonly bytes: number }
    assert.equal(told.sha512, digestOf(told.path))
    const verified = await run('verify', told.path, '--lang', 'en')
    assert.equal(verified.exit, 0, verified.out)
    assert.deepEqual(readdirSync(join(cwd, 'zipped')), [`${bag.slice(bag.lastIndexOf('/') + 1)}.zip`])
    if (!hasProgram('unzip')) return
    execFileSync('unzip', ['-q', told.path, '-d', join(cwd, 'unzipped')])
    const second = join(cwd, 'unzipped', readdirSync(join(cwd, 'unzipped'))[0] ?? '')
    // The log has grown by the seal of the first bundle, which is itself an event of custody that concerns the second.
    const grows = /^data\/(?:custody\/|log\/|bundle\.json$|ro-crate|exhibit)|^(?!data\/)/
    // These are of the program and not of the data: it may be edited while this runs.
    const program = /^data\/(?:program\.json|VERIFY\.html)$/
    const kept = (at: string): readonly string[] =>
      filesOf(at).filter((path) => !grows.test(path) && !program.test(path))
    assert.deepEqual(kept(second), kept(bag))
    assert.deepEqual(
      kept(bag).filter((path) => digestOf(join(second, path)) !== digestOf(join(bag, path))),
      [],
    )
    const custody = (at: string): readonly string[] => readdirSync(join(at, 'data/custody'))
    assert.equal(custody(second).length, custody(bag).length + 1)
    if (TOOLS.length === 0) assert.deepEqual((await checkByHand(second)).ok, STEPS_BY_HAND)
  })

  it('is published where the site serves it, once', async () => {
    const first = await run('bundle', '--incident', id, '--publish')
    assert.equal(first.exit, 0, first.out)
    const name = `${bag.slice(bag.lastIndexOf('/') + 1)}.zip`
    assert.deepEqual(readdirSync(join(cwd, 'data/bundles')), [name])
    const digest = digestOf(join(cwd, 'data/bundles', name))
    const second = await run('bundle', '--incident', id, '--publish')
    assert.equal(second.exit, 2)
    assert.match(second.out, /no bundle is written over/)
    assert.equal(digestOf(join(cwd, 'data/bundles', name)), digest)
    await using served = await serveFolderAt(join(cwd, 'data'), cwd)
    const answer = await fetch(new URL(`bundles/${name}`, served.url))
    assert.equal(answer.status, 200)
    assert.equal(
      createHash('sha512')
        .update(Buffer.from(await answer.arrayBuffer()))
        .digest('hex'),
      digest,
    )
    // The server holds the folder and writes the bundle for another process.
    const out = await served.kuager('bundle', '--incident', id, '--out', 'by-server', '--json')
    const told = JSON.parse(out) as { readonly path: string }
    assert.equal(told.path, join(cwd, 'by-server', name.replace(/\.zip$/, '')))
    if (TOOLS.length === 0) assert.deepEqual((await checkByHand(told.path)).ok, STEPS_BY_HAND)
  })

  it('of measurements alone holds those that were asked for', async () => {
    const asked = linesOf(join(bag, 'data/measurements.jsonl'))
      .slice(3, 5)
      .map((line) => bundleMeasurementSchema.parse(line))
    const ids = asked.flatMap((one) => ['--measurement', one.id ?? ''])
    assert.equal((await run('bundle', ...ids, '--out', 'two')).exit, 0)
    const two = join(cwd, 'two', readdirSync(join(cwd, 'two'))[0] ?? '')
    assert.deepEqual(
      linesOf(join(two, 'data/measurements.jsonl')),
      asked.map((one) => ({ ...one, role: 'named' })),
    )
    assert.equal(existsSync(join(two, 'data/incident.json')), false)
    if (TOOLS.length === 0) assert.deepEqual((await checkByHand(two)).ok, STEPS_BY_HAND)
    const hour = bundleSchema.parse(jsonOf(join(small, 'data/bundle.json')))
    assert.ok(hour.counts.measurements > 10)
    assert.ok(hour.span !== null && hour.span.since_utc >= '2026-10-06T15' && hour.span.until_utc < '2026-10-06T16')
  })

  it(
    'has an exhibit in three languages with the proof attached, of an incident and of measurements alone',
    {
      skip: 'missing' in press ? `needs ${press.missing}` : pdfSkip,
    },
    () => {
      for (const [at, attached] of [
        [bag, 'derivation.json'],
        [small, 'verdicts.jsonl'],
      ] as const) {
        assert.deepEqual(
          bundleSchema.parse(jsonOf(join(at, 'data/bundle.json'))).without.filter((one) => one === 'exhibit.pdf'),
          [],
        )
        for (const name of ['exhibit.pdf', 'exhibit-kk.pdf', 'exhibit-ru.pdf']) {
          using pdf = new ReadPdf(readFileSync(join(at, 'data', name)))
          pdf.check()
          assert.ok(pdf.pages <= 5, name)
          for (const proof of ['log/checkpoint', 'log/keys.txt', attached])
            assert.equal(pdf.attached(basename(proof)), readFileSync(join(at, 'data', proof), 'utf8'), name)
        }
      }
      using pdf = new ReadPdf(readFileSync(join(small, 'data/exhibit.pdf')))
      assert.match(pdf.text(1), /No incident is claimed/)
    },
  )

  it('brings the stamp of an authority over the checkpoint that its proofs lead to', byHand, async () => {
    using authority = new TimeAuthority()
    const url = await authority.serve()
    const listed = [{ name: 'test-tsa', url, chain: 'test-tsa.pem', private: true }]
    writeFileSync(join(cwd, 'data/log/test-tsa.pem'), authority.chainPem)
    writeFileSync(join(cwd, 'data/log/authorities.json'), JSON.stringify({ authorities: listed }))
    const made = await run('bundle', '--incident', id, '--out', 'stamped')
    rmSync(join(cwd, 'data/log/authorities.json'))
    assert.equal(made.exit, 0, made.out)
    const stamped = join(cwd, 'stamped', readdirSync(join(cwd, 'stamped'))[0] ?? '')
    const { log } = bundleSchema.parse(jsonOf(join(stamped, 'data/bundle.json')))
    const files = ['.checkpoint', '.consistency', '-test-tsa.tsq', '-test-tsa.tsr'].map((end) => `${log.size}${end}`)
    assert.deepEqual(readdirSync(join(stamped, 'data/log/stamped')).sort(), files.sort())
    const { ok, out } = await checkByHand(stamped)
    assert.deepEqual(ok, [...STEPS_BY_HAND, '8'], out)
    assert.match(out, /test-tsa saw a log of \d+ entries at .* \(root: .*[0-9A-F:]{95}\)/)
    assert.match(out, /^1 time stamp\b/m)
    assert.match(out, /^14 of 14 hold/m)
    // The stamp of another moment does not pass for this one.
    const path = join(stamped, 'data/log/stamped', `${log.size}.checkpoint`)
    writeFileSync(path, readFileSync(path, 'utf8').replace(/\n$/, '\n— other.example/w AAAAAAAA\n'))
    const moved = await checkByHand(stamped)
    assert.ok(moved.failed.includes('8') && !moved.ok.includes('8'), moved.out)
  })

  it('brings the cosignature of a witness that the policy of the log asks for', async () => {
    const line = readFileSync(join(small, 'data/log/keys.txt'), 'utf8').trim()
    const seconds = Math.floor(Date.now() / 1000)
    using witness = new TestWitness('witness.example', [parseVerifierKey(line, sha256)], seconds)
    const policy = [`log ${line}`, `witness w ${witness.line} ${await witness.serve()}`, 'quorum w', '']
    writeFileSync(join(cwd, 'data/log/policy.txt'), policy.join('\n'))
    const made = await run('bundle', '--incident', id, '--out', 'witnessed')
    rmSync(join(cwd, 'data/log/policy.txt'))
    assert.equal(made.exit, 0, made.out)
    const witnessed = join(cwd, 'witnessed', readdirSync(join(cwd, 'witnessed'))[0] ?? '')
    assert.match(readFileSync(join(witnessed, 'data/log/checkpoint'), 'utf8'), /^— witness\.example /m)
    const verified = await run('verify', witnessed, '--json', '--no-judge')
    assert.equal(verified.exit, 0, verified.out)
    assert.match(verified.out, /"step":"witnesses","outcome":"ok"/)
    if (TOOLS.length === 0) assert.deepEqual((await checkByHand(witnessed)).ok, STEPS_BY_HAND)
  })

  it('holds what people did with its incident; verification says how that stands, and derives the conclusion all the same', async () => {
    const said = ['--role', 'editor', '--actor', 'editor-1', '--reason', 'The network had planned work.']
    assert.equal((await run('incident', 'review', id, 'dispute', ...said)).exit, 0)
    assert.equal((await run('bundle', '--incident', id, '--out', 'reviewed')).exit, 0)
    const reviewed = join(cwd, 'reviewed', readdirSync(join(cwd, 'reviewed'))[0] ?? '')
    const events = readdirSync(join(reviewed, 'data/custody')).map((name) =>
      readFileSync(join(reviewed, 'data/custody', name), 'utf8'),
    )
    assert.equal(events.filter((text) => text.includes('"type":"reviewed"')).length, 1)
    const { exit, out } = await run('verify', reviewed, '--lang', 'en')
    assert.equal(exit, 0, out)
    assert.match(out.replaceAll(/\s+/g, ' '), /A reviewer disputes the conclusion about this incident/)
    if (byHand.skip !== false) return
    const checked = await checkByHand(reviewed)
    assert.deepEqual(checked.ok, STEPS_BY_HAND, checked.out)
    assert.match(checked.out, /^PEOPLE: .*: dispute by editor, editor-1: The network had planned work\.$/m)
  })

  it('of a withdrawn incident says so first, and that the measurements show none at its time', async () => {
    const withdrawn = await withdrawOne(cwd, run)
    const made = await run('bundle', '--incident', withdrawn, '--out', 'withdrawn', '--lang', 'ru')
    assert.equal(made.exit, 0, made.out)
    assert.match(made.out.replaceAll(/\s+/g, ' '), /; случай отозван SHA-512 списка файлов: /)
    const at = join(cwd, 'withdrawn', readdirSync(join(cwd, 'withdrawn'))[0] ?? '')
    const revisions = jsonOf(join(at, 'data/incident.json')) as readonly Record<string, unknown>[]
    assert.deepEqual(
      revisions.map(({ reason, withdrawn: is }) => [reason, is]),
      [
        ['first', false],
        ['withdrawn', true],
      ],
    )
    assert.equal(derivationEnvelopeSchema.parse(jsonOf(join(at, 'data/derivation.json'))).result, null)
    const verified = await run('verify', at, '--lang', 'en')
    assert.equal(verified.exit, 0, verified.out)
    assert.match(verified.out, /They show no restriction at that time\./)
    assert.match(verified.out, /The incident of this bundle is withdrawn/)
    if (TOOLS.length === 0) {
      const { ok, out } = await checkByHand(at)
      assert.deepEqual(ok, STEPS_BY_HAND, out)
      assert.match(out, /^WITHDRAWN: revision 2 of the incident withdraws it: the data no longer show it\. /m)
    }
    if ('missing' in press || pdfSkip !== false) return
    using pdf = new ReadPdf(readFileSync(join(at, 'data/exhibit.pdf')))
    assert.match(pdf.text(1), /incident withdrawn/)
  })

  it('writes nothing where there is nothing to be shown, and says why', async () => {
    const none = await run('bundle', '--incident', 'youtube-as1-20250101T0000Z', '--out', 'none')
    assert.equal(none.exit, 3)
    assert.match(none.out, /no such incident/)
    const unknown = await run('bundle', '--measurement', '0'.repeat(64), '--out', 'none')
    assert.equal(unknown.exit, 2)
    const period = ['--since', '2020-01-01', '--until', '2020-01-02', '--network', 'AS64496']
    assert.equal((await run('bundle', '--service', 'youtube', ...period, '--out', 'none')).exit, 2)
    assert.equal((await run('bundle', '--incident', id, '--measurement', '0'.repeat(64))).exit, 2)
    for (const said of [['--actor', 'a\nb'], ['--purpose', ''], ['--authority', 'x'.repeat(501)], ['--publish']])
      assert.equal((await run('bundle', '--incident', id, '--out', 'none', ...said)).exit, 2)
    assert.equal(existsSync(join(cwd, 'none')) && readdirSync(join(cwd, 'none')).length > 0, false)
  })

  it('says of an erased measurement that it was here, when it was erased and why', async () => {
    const revision = JSON.parse((await run('incident', id, '--json')).out) as {
      readonly measurements: readonly string[]
    }
    const gone = revision.measurements[0] ?? ''
    const erased = await run('archive', 'erase', gone, '--reason', 'asked by the person')
    assert.equal(erased.exit, 0, erased.out)
    const made = await run('bundle', '--incident', id, '--out', 'after', '--lang', 'en')
    assert.equal(made.exit, 0, made.out)
    assert.match(made.out, /1 erased/)
    const later = join(cwd, 'after', readdirSync(join(cwd, 'after'))[0] ?? '')
    const { erased: said } = redactionsSchema.parse(jsonOf(join(later, 'data/redactions.json')))
    assert.deepEqual(
      said.map(({ reason }) => reason),
      ['asked by the person'],
    )
    const verified = await run('verify', later, '--lang', 'en')
    assert.equal(verified.exit, 0, verified.out)
    for (const path of filesOf(later)) assert.ok(!readFileSync(join(later, path)).includes(gone), path)
    if (TOOLS.length === 0) assert.deepEqual((await checkByHand(later)).ok, STEPS_BY_HAND)
  })
})
