import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { runCommand } from '../main.ts'

/** A telegram test as OONI writes it, every data centre connecting; `extra` replaces fields. */
const telegram = (extra: Record<string, unknown> = {}): string =>
  JSON.stringify({
    test_name: 'telegram',
    test_version: '0.3.0',
    measurement_start_time: '2026-01-15 15:00:00',
    probe_asn: 'AS9198',
    probe_cc: 'KZ',
    software_name: 'ooniprobe',
    software_version: '3.20.0',
    test_keys: {
      telegram_tcp_blocking: false,
      tcp_connect: ['149.154.175.50', '149.154.167.51'].flatMap((ip) =>
        [80, 443].map((port) => ({ ip, port, status: { success: true, failure: null } })),
      ),
    },
    ...extra,
  })

describe('kuager judge', () => {
  let cwd: string
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-judge-'))
    await mkdir(join(cwd, 'some', 'below'), { recursive: true })
    await writeFile(join(cwd, 'one.json'), telegram())
    await writeFile(join(cwd, 'some', 'below', 'two.jsonl'), `${telegram()}\n${telegram().slice(0, 90)}\n`)
    const hostile = { probe_network_name: 'Net\u001b[2J\u202e', test_version: '0.3.0', probe_asn: 'AS64511' }
    await writeFile(join(cwd, 'hostile.json'), telegram({ ...hostile, software_name: '\u001b]0;x\u0007' }))
  })
  after(() => rm(cwd, { recursive: true, force: true }))

  async function judge(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
    const said = { out: '', err: '' }
    const exit = await runCommand(['judge', ...args], {
      out: { write: (text) => (said.out += text) },
      err: { write: (text) => (said.err += text) },
      terminal: false,
      env: {},
      cwd,
      signal: new AbortController().signal,
      runCommand,
    })
    return { exit, ...said }
  }

  it('gives one line of JSON a measurement with the fields of docs/formats/verdict.md, in that order', async () => {
    const { exit, out } = await judge('one.json', '--json')
    assert.equal(exit, 0)
    assert.equal(out.trimEnd().split('\n').length, 1)
    const line = JSON.parse(out) as Record<string, Record<string, unknown>>
    assert.deepEqual(
      Object.keys(line).join(' '),
      'file line id measurement_uid test_name test_version service input probe_asn probe_cc started_at_utc ' +
        'simulated verdict claim wrong_fields',
    )
    assert.deepEqual(
      Object.keys(line['verdict'] ?? {}).join(' '),
      'kind mechanism layer rule rules_version log10_lr layers endpoints grounds missing',
    )
    assert.partialDeepStrictEqual(line, {
      file: 'one.json',
      line: 1,
      measurement_uid: null,
      input: null,
      service: 'telegram',
      probe_asn: 'AS9198',
      started_at_utc: '2026-01-15T15:00:00Z',
      simulated: false,
      verdict: { kind: 'reachable', mechanism: null, layer: null },
      claim: { telegram_tcp_blocking: false },
    })
  })

  it('names a file as it was named, and one of a folder by the folder and its path below', async () => {
    const direct = await judge(join('some', 'below', 'two.jsonl'), '--json')
    const found = await judge('some', '--json')
    assert.match(direct.out, /^\{"file":"some\/below\/two\.jsonl","line":1,/)
    assert.equal(found.out, direct.out)
  })

  it('goes on behind a value that cannot be read, says where it stands, and ends with 3', async () => {
    const { exit, out, err } = await judge('some', '--lang', 'en')
    assert.equal(exit, 3)
    assert.match(out, /^Telegram, AS9198.*: reachable; /)
    assert.match(err, /^some\/below\/two\.jsonl, line 2, byte \d+: it ends in the middle: .*\(json\.truncated\)$/m)
  })

  it('says what several operations show alike once, with their number', async () => {
    const { out } = await judge('one.json', '--lang', 'en')
    assert.equal(out.match(/TCP: passed/g)?.length, 1)
    assert.match(out, /TCP: passed ×\d/)
  })

  it('lets no control or direction character of a third party reach the terminal', async () => {
    const { out } = await judge('hostile.json', '--lang', 'en')
    assert.match(out, /^Simulated/)
    assert.doesNotMatch(out.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
  })
})
