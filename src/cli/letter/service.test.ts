import type { World } from '../../runtime/world.ts'
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { HOUR_MS } from '../../core/model/duration.ts'
import { encodeSignature } from '../../letter/core/signature.ts'
import type { Letter } from '../../letter/core/letter.ts'
import { instant, type Sha256 } from '../../core/model/units.ts'
import { makeKeyPair, type AgeKeyPair } from '../../letter/handover/age.ts'
import { encodeRow } from '../../letter/handover/csv.ts'
import { sealLayers } from '../../letter/sign/seal.ts'
import { countSealed, digestOf, sampleLetter, sampleSignature } from '../../../test/kit/letter/letter-house.ts'
import { signatureRow } from '../../../test/kit/stores/registry-rows.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommandLine } from '../terminal/run-command.ts'
import { command } from './letter.ts'
import { openLetterFolder, type LetterFolder } from '../../app/letter/folder.ts'

const planned = z.object({ job: z.object({ id: z.string(), count: z.number() }), state: z.string(), needs: z.number() })
const statusOf = z.object({
  letters: z.array(
    z.object({
      shown: z.object({ total: z.number(), removed: z.record(z.string(), z.number()) }),
      agrees: z.boolean(),
    }),
  ),
  jobs_waiting: z.array(z.string()),
  exports: z.array(z.object({ by: z.string(), signatures: z.number() })),
})

const runLetter = (args: readonly string[], world: World): Promise<number> =>
  runCommandLine(command, { path: ['letter'], args, world })

describe('the parts of kuager letter on a service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-service-'))
  const place = ['--folder', 'svc', '--secrets', 'sec']
  let pair: AgeKeyPair
  let letter: Letter
  let service: LetterFolder
  let cts: readonly Sha256[]
  const sealed: Uint8Array[] = []

  async function run(...args: string[]): Promise<{ readonly exit: number; readonly text: string }> {
    let text = ''
    const exit = await runLetter(
      args,
      testWorld(folder, (part) => (text += part)),
    )
    return { exit, text }
  }
  const onService = (part: string, ...args: string[]): ReturnType<typeof run> => run(part, ...args, ...place)
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return name
  }
  const status = async (): Promise<z.infer<typeof statusOf>> =>
    statusOf.parse(JSON.parse((await onService('status', '--json')).text))
  const counted = async (): Promise<number | undefined> => (await status()).letters[0]?.shown.total

  before(async () => {
    pair = await makeKeyPair({ hybrid: false })
    const today = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
    letter = { ...sampleLetter([[pair]]), opens: today(-1), closes: today(30), destroys: today(60) }
    write('letter.json', `// a remark\n${JSON.stringify(letter)}`)
    write('key.txt', `${pair.identity}\n`)
    assert.equal((await onService('publish', 'letter.json', '--origin', 'https://letter.example')).exit, 0)
    service = await openLetterFolder(testWorld(folder), 'svc', { secrets: 'sec', simulated: true })
    for (let at = 0; at < 130; at++) {
      const signature = {
        ...sampleSignature(letter),
        name: at < 3 ? 'Әсел Ұлықбек' : `Қол ${'абвгдежзик'[at % 10] ?? ''}${at}`,
      }
      sealed.push(await sealLayers(encodeSignature(signature), letter.keys))
    }
    const rows = sealed.map((bytes, at) => ({ bytes, tier: at < 120 ? ('claimed' as const) : ('mail' as const) }))
    cts = await countSealed(await service.store(), letter, rows)
    await (await service.log())?.sequence()
  })
  after(async () => {
    await service[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it('say how the letter stands, and that log and registry agree', async () => {
    const { letters } = await status()
    assert.deepEqual(
      letters.map(({ shown, agrees }) => [shown.total, agrees]),
      [[130, true]],
    )
    assert.match((await onService('status')).text, /counted {4}130 \(claimed 120, mail 10, form 0\)/)
  })

  it('publish no letter with gaps, no second of one number, and no other keys by the way', async () => {
    const { exit, text } = await run(
      'check',
      write('gaps.json', JSON.stringify({ ...letter, title: { ...letter.title, kk: '‹x›' } })),
    )
    assert.equal(exit, 3)
    assert.match(text, /\/title\/kk: is not filled in yet/)
    await assert.rejects(onService('publish', 'gaps.json'), { code: 'letter.unready' })
    await assert.rejects(onService('publish', 'letter.json'), { name: 'InputError', path: '/version' })
    const other = await makeKeyPair({ hybrid: false })
    const changed = { ...sampleLetter([[other]]), ...{ ...letter, version: 2 }, keys: sampleLetter([[other]]).keys }
    await assert.rejects(onService('publish', write('other.json', JSON.stringify(changed))), {
      name: 'InputError',
      path: '/keys',
    })
  })

  it('take out what a holder marked, put it back, and let the log say both', async () => {
    const exported = await onService('export', '--out', 'bundle', '--by', 'lawyer A', '--why', 'to look it over')
    assert.equal(exported.exit, 0, exported.text)
    assert.equal((await run('verify', 'bundle')).exit, 0)
    assert.equal((await run('open', 'bundle', '--identity', 'key.txt', '--out', 'opened', '--no-pdf')).exit, 0)
    const review = readFileSync(join(folder, 'opened', 'review.csv'), 'utf8')
    assert.equal(review.split('\r\n').length, 5)
    const marked = review
      .split('\r\n')
      .map((line, at) => (at === 2 || at === 3 ? line.replace(',"",', ',"duplicate",') : line))
    const plan = await onService('invalidate', '--from', write('review.csv', marked.join('\r\n')), '--json')
    const { job, needs } = planned.parse(JSON.parse(plan.text))
    assert.deepEqual([job.count, needs], [2, 0])
    assert.equal(await counted(), 130, 'nothing changes before it is run')
    assert.equal((await onService('run', job.id)).exit, 0)
    const { letters, exports } = await status()
    assert.deepEqual(letters[0]?.shown, { ...letters[0]?.shown, total: 128, removed: { duplicate: 2 } })
    assert.deepEqual(
      exports.map(({ by, signatures }) => [by, signatures]),
      [['lawyer A', 130]],
    )
    const back = planned.parse(JSON.parse((await onService('restore', job.id, '--json')).text))
    assert.equal((await onService('run', back.job.id)).exit, 0)
    assert.equal(await counted(), 130)
    assert.equal((await run('verify', 'svc', '--lang', 'en')).exit, 0)
  })

  it('name the line of a review that does not read', async () => {
    for (const [text, path] of [
      ['nothing', '--from'],
      [encodeRow(['ct', 'reason']) + encodeRow(['ab'.repeat(32), 'because']), 'line 2'],
      [encodeRow(['ct', 'reason']) + encodeRow(['../../etc', 'forged']), 'line 2'],
      [encodeRow(['ct', 'reason']) + encodeRow(['ab'.repeat(32), 'withdrawn']), 'line 2'],
      [encodeRow(['ct', 'reason']) + encodeRow(['ab'.repeat(32), '']), '--from'],
    ] as const)
      await assert.rejects(onService('invalidate', '--from', write('bad.csv', text)), { code: 'review.invalid', path })
  })

  it('take out more than a hundred only with the word of two people', async () => {
    const plan = await onService(
      'invalidate',
      '--tier',
      'claimed',
      '--reason',
      'forged',
      '--note',
      'one list',
      '--json',
    )
    const { job, needs } = planned.parse(JSON.parse(plan.text))
    assert.deepEqual([job.count, needs], [120, 2])
    await assert.rejects(onService('run', job.id), { name: 'InputError' })
    const people = []
    for (const name of ['Aigul', 'Bolat'])
      people.push(
        z
          .object({ name: z.string(), key: z.string() })
          .parse(
            JSON.parse(
              (await run('keys', 'reviewer', '--holder', name, '--out', `${name}.key`)).text.split('\n')[0] ?? '',
            ),
          ),
      )
    write('job.json', (await onService('jobs', job.id, '--sign')).text)
    const approve = async (name: string): Promise<string> => {
      const { text } = await run('approve', 'job.json', '--key', `${name}.key`)
      assert.match(text, /You approve: take out of the count 120 signatures of letter/)
      return write(`${name}.json`, text.split('\n').find((line) => line.startsWith('{')) ?? '')
    }
    await assert.rejects(
      onService('approve', await approve('Aigul')),
      { name: 'InputError' },
      'there is no reviewer yet',
    )
    writeFileSync(join(folder, 'svc', 'reviewers.json'), JSON.stringify(people))
    assert.match((await onService('approve', await approve('Aigul'))).text, /1 of 2 \(Aigul\)/)
    assert.match(
      (await onService('approve', await approve('Aigul'))).text,
      /1 of 2 \(Aigul\)/,
      'one person twice is one',
    )
    await assert.rejects(onService('run', job.id), { name: 'InputError' })
    assert.match((await onService('approve', await approve('Bolat'))).text, /2 of 2/)
    assert.match((await onService('run', job.id)).text, /the log says how many, and why/)
    assert.match((await onService('jobs', job.id)).text, /\(done\)[^]*approvals {3}by Aigul, Bolat/)
    assert.equal(await counted(), 10)
    assert.deepEqual((await status()).jobs_waiting, [])
  })

  it('look through what was held, and let a part of a group count, or refuse it', async () => {
    const before = (await counted()) ?? 0
    const held = { letter: letter.id, state: 'held', held: 'g1' } as const
    await (
      await service.store()
    ).accept(
      Array.from({ length: 9 }, (_, at) =>
        signatureRow(`held ${at}`, { ...held, hour: instant((500_000 + (at % 3)) * HOUR_MS), region: 'KZ-75' }),
      ),
      [],
    )
    const seen = await onService('review')
    assert.match(seen.text, /^g1 {2}9 signatures\n {2}tiers {4}claimed 9\n {2}regions {2}KZ-75 9\n {2}hours /)
    const at = (hour: number): string => new Date((500_000 + hour) * HOUR_MS).toISOString()
    const hours = ['--since', at(1), '--until', at(2)]
    await assert.rejects(onService('review', ...hours), { path: '--release' })
    assert.match((await onService('review', '--release', 'g1', ...hours)).text, /let count 3 signatures/)
    assert.equal(await counted(), before + 3)
    const refused = await onService(
      'review',
      '--refuse',
      'g1',
      '--since',
      at(2),
      '--until',
      at(3),
      '--reason',
      'forged',
    )
    assert.match(refused.text, /remove for good, before they ever counted 3 signatures/)
    assert.match((await onService('review')).text, /^g1 {2}3 signatures/)
    await onService('review', '--refuse', 'g1', '--reason', 'other')
    assert.equal((await onService('review')).text, 'Nothing is held back\n')
    assert.equal(await counted(), before + 3)
  })

  it('do nothing by a filter that fits no one, and say so', async () => {
    await assert.rejects(onService('invalidate', '--region', 'KZ-62', '--reason', 'forged'), {
      message: /no signature is found that is counted and fits/,
    })
  })

  it('make no secret in the folder of a server, and write over nothing', async () => {
    await assert.rejects(run('keys', 'new', '--holder', 'x', '--out', 'svc/k.txt'), { code: 'keys.server' })
    await assert.rejects(run('keys', 'reviewer', '--holder', 'x', '--out', 'svc/log/k.txt'), { code: 'keys.server' })
    await assert.rejects(run('keys', 'new', '--holder', 'x', '--out', 'key.txt'), { code: 'out.taken' })
    await assert.rejects(onService('export', '--out', 'bundle', '--by', 'a', '--why', 'b'), {
      code: 'argument.invalid',
    })
    await assert.rejects(onService('export', '--out', 'more', '--by', 'a@b.kz', '--why', 'b'), {
      code: 'argument.invalid',
    })
  })

  it('end the signing permanently only where the letter is named twice', async () => {
    for (const sure of [[], ['--sure', 'another']]) {
      await assert.rejects(onService('close', letter.id, ...sure), { path: '--sure' })
      assert.match((await onService('status')).text, /version 1, open/)
    }
    assert.equal((await onService('close', letter.id, '--sure', letter.id)).exit, 0)
    assert.match((await onService('status')).text, /version 1, closed/)
  })

  it('destroy what was sealed, look for it, and show the leaf that says so', async () => {
    await assert.rejects(onService('destroy'), { path: '--sure' })
    await assert.rejects(onService('destroy', '--sure', letter.id), { path: '--early' })
    const { exit, text } = await onService('destroy', '--sure', letter.id, '--early', '--json')
    assert.equal(exit, 0, text)
    const { leaf, log_size: size } = z.object({ leaf: z.number(), log_size: z.number() }).parse(JSON.parse(text))
    assert.equal(leaf, size - 1)
    assert.ok(!existsSync(join(folder, 'sec', `mailbox-${letter.id}.key`)))
    const marks = sealed.map((bytes) => Buffer.from(bytes.subarray(200, 232)))
    for (const entry of readdirSync(join(folder, 'svc'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name === 'lock.sqlite') continue
      const bytes = readFileSync(join(entry.parentPath, entry.name))
      for (const mark of marks) assert.ok(!bytes.includes(mark), entry.name)
    }
    assert.equal(digestOf(sealed[0] ?? new Uint8Array()), cts[0])
    await assert.rejects(onService('export', '--out', 'after', '--by', 'a', '--why', 'b'), {
      code: 'handover.destroyed',
    })
    const { exit: verified, text: said } = await run('verify', 'svc', '--lang', 'en')
    assert.equal(verified, 0, said)
    assert.match(said, /All sealed data are destroyed/)
  })
})
