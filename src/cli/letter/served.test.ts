import type { World } from '../../runtime/world.ts'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { encodeReceipt, formatReceipt } from '../../letter/core/signature.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { makeKeyPair } from '../../letter/handover/age.ts'
import { countSealed, digestOf } from '../../../test/kit/letter/letter-house.ts'
import { LetterSite } from '../../../test/kit/letter/letter-site.ts'
import { openSocks } from '../../../test/kit/net/proxies.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { runCommandLine } from '../terminal/run-command.ts'
import { command } from './letter.ts'
import { readWatched } from './watch/watch-state.ts'

/** What comes back instead of what the service says; undefined leaves it alone, null is the answer 404. */
type Altering = (path: string, body: Buffer, headers: IncomingHttpHeaders) => Buffer | string | null | undefined

const runLetter = (args: readonly string[], world: World): Promise<number> =>
  runCommandLine(command, { path: ['letter'], args, world })

describe('a letter service seen from outside', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-outside-'))
  const receipt = encodeReceipt(randomBytes(16))
  let site: LetterSite
  let proxy: Server
  let url: string
  let alter: Altering = () => undefined
  /** What was asked for, in order. */
  const asked: string[] = []

  async function run(...args: string[]): Promise<{ readonly exit: number; readonly text: string }> {
    let text = ''
    const exit = await runLetter(
      args,
      testWorld(folder, (part) => (text += part)),
    )
    return { exit, text }
  }
  const sign = async (count: number): Promise<void> => {
    const rows = Array.from({ length: count }, (_, at) => ({
      bytes: randomBytes(900),
      ...(at === 0 ? { receipt: digestOf(Buffer.from(receipt)) } : {}),
    }))
    await countSealed(await site.folder.store(), site.letter, rows)
    await site.desk.tick()
  }

  before(async () => {
    site = await LetterSite.open({ mail: false, layers: 2 })
    await sign(300)
    proxy = createServer((request, response) => {
      void (async () => {
        const path = request.url ?? '/'
        const chunks: Buffer[] = []
        for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk)
        const answer = await fetch(site.at(path), {
          method: request.method ?? 'GET',
          redirect: 'manual',
          headers: { 'content-type': request.headers['content-type'] ?? 'text/plain' },
          ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
        })
        const body: Buffer = Buffer.from(await answer.arrayBuffer())
        const other = alter(path, body, request.headers)
        asked.push(path)
        response.writeHead(other === null ? 404 : answer.status, {
          'content-type': answer.headers.get('content-type') ?? 'text/plain',
        })
        response.end(other ?? (other === null ? '' : body))
      })()
    })
    await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready))
    const address = proxy.address()
    url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : ''
    writeFileSync(join(folder, 'letter.json'), JSON.stringify(site.letter))
  })
  after(async () => {
    proxy.closeAllConnections()
    proxy.close()
    await site[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })
  const logKey = async (): Promise<string> =>
    formatVerifierKey((await site.folder.log())?.keys[0]?.key ?? assert.fail())
  const altered = async (altering: Altering, act: () => Promise<void>): Promise<void> => {
    alter = altering
    try {
      await act()
    } finally {
      alter = () => undefined
    }
  }

  it('is counted again, in three languages, and its number is right', async () => {
    for (const [lang, says] of [
      ['kk', /Есепке алынған қолтаңба: 300\n/],
      ['ru', /Сосчитано подписей: 300\n/],
      ['en', /Signatures counted: 300\n/],
    ] as const) {
      const { exit, text } = await run('verify', url, '--lang', lang, '--key', await logKey())
      assert.equal(exit, 0, text)
      assert.match(text, says)
      assert.doesNotMatch(text, /undefined|handover\./)
    }
  })

  it('shows the holder of a receipt that theirs is counted, by the code and by the proof', async () => {
    const asked = await run('verify', url, '--receipt', formatReceipt(receipt), '--lang', 'en')
    assert.equal(asked.exit, 0, asked.text)
    assert.match(asked.text, /The signature of the receipt is counted under the letter/)
    const proof = await fetch(new URL('/en/receipt/proof', url), {
      method: 'POST',
      body: new URLSearchParams({ code: receipt }),
    })
    writeFileSync(join(folder, 'mine.tlog-proof'), Buffer.from(await proof.arrayBuffer()))
    const kept = await run('verify', url, '--receipt', 'mine.tlog-proof', '--lang', 'en')
    assert.equal(kept.exit, 0, kept.text)
    const path = readFileSync(join(folder, 'mine.tlog-proof'), 'utf8')
    writeFileSync(join(folder, 'other.tlog-proof'), path.replace(/^index \d+$/m, 'index 7'))
    const other = await run('verify', url, '--receipt', 'other.tlog-proof', '--lang', 'en')
    assert.equal(other.exit, 3)
    assert.match(other.text, /does not prove that it was counted/)
    await assert.rejects(run('verify', url, '--receipt', 'no such code'), { code: 'receipt.invalid' })
    await assert.rejects(run('verify', url, '--receipt', encodeReceipt(randomBytes(16))), { path: '--receipt' })
  })

  it('fails where it shows another number than its log gives', async () => {
    await altered(
      (path, body) => (path.endsWith('count.json') ? body.toString().replace('"total":300', '"total":301') : undefined),
      async () => {
        const { exit, text } = await run('verify', url, '--lang', 'en')
        assert.equal(exit, 3)
        assert.match(text, /the number shown and the number counted differ: [\w-]+: 301 \/ 300/)
      },
    )
  })

  it('fails where a leaf is altered, and where a tile is missing', async () => {
    for (const altering of [
      (path: string, body: Buffer) =>
        path.includes('tile/entries') ? Buffer.from(body.map((byte, at) => (at === 90 ? byte ^ 1 : byte))) : undefined,
      (path: string) => (path.includes('tile/entries/001') ? null : undefined),
    ] satisfies readonly Altering[])
      await altered(altering, async () => {
        const { exit, text } = await run('verify', url, '--lang', 'en')
        assert.equal(exit, 3, text)
      })
  })

  it('refuses an answer without end with one sentence', async () => {
    await altered(
      (path) => (path.endsWith('checkpoint') ? Buffer.alloc(2_000_000) : undefined),
      () => assert.rejects(run('verify', url), { code: 'letter.answer' }),
    )
    await assert.rejects(run('verify', 'http://127.0.0.1:1/'), { code: 'letter.answer' })
    await assert.rejects(run('verify', 'http://user:word@127.0.0.1/'), { code: 'letter.address' })
  })

  it('is watched: nothing is said while nothing changes, also while the log grows', async () => {
    const first = await run('watch', url, '--keys', 'letter.json', '--key', await logKey())
    assert.equal(first.exit, 0, first.text)
    assert.match(first.text, /First look/)
    await sign(300)
    for (let times = 0; times < 2; times++)
      assert.deepEqual(await run('watch', url, '--keys', 'letter.json'), { exit: 0, text: '' })
  })

  it('is watched: every change is reported, until a person accepts it', async () => {
    const evil = (await makeKeyPair({ hybrid: false })).recipient
    const known = site.letter.keys.layers[0]?.[0]?.recipient ?? ''
    const changes: readonly (readonly [Altering, RegExp])[] = [
      [
        (path, body) =>
          path.startsWith('/letters/') && !path.endsWith('count.json')
            ? body.toString().replace(known, evil)
            : undefined,
        /The keys of version 1 .* are not those you were given/,
      ],
      [
        (path, body) =>
          path.endsWith('/keys') && path.startsWith('/kk/') ? body.toString().replaceAll(known, evil) : undefined,
        /in "kk" shows a key of no holder: age1/,
      ],
      [
        (path, body) =>
          path.endsWith('/sign') ? body.toString().replace('</body>', `<i>${evil}</i></body>`) : undefined,
        /page for signing in "kk" has a key of no holder/,
      ],
      [
        // As a browser reads it, another key; as a program that looks for keys does, none.
        (path, body) =>
          path.endsWith('/sign') ? body.toString().replaceAll(known, evil.replace('a', '&#97;')) : undefined,
        /page for signing in "kk" lacks the key age1/,
      ],
      [
        (path, body) => (path.endsWith('/sign') ? body.toString().replace('/1.json"', '/9.json"') : undefined),
        /page for signing in "kk" is about another text than version 1/,
      ],
      [
        (path, body) =>
          path.startsWith('/ru/') && path.endsWith('/sign')
            ? body.toString().replace('<form ', '<form onsubmit="x()" ')
            : undefined,
        /page for signing in "ru" is another/,
      ],
      [
        (path, body) =>
          path === `/kk/l/${site.letter.id}`
            ? body.toString().replace(/href="[^"]*\/sign"/, 'href="/kk/other"')
            : undefined,
        /^The first page or that of the letter in "kk" leads elsewhere than before, or runs something else\n$/,
      ],
      [
        (path, body) =>
          path === '/ru/'
            ? body.toString().replaceAll(/href="[^"]*\/sign"/g, 'href="https://other.example/"')
            : undefined,
        /^The first page or that of the letter in "ru" leads elsewhere than before, or runs something else\n$/,
      ],
      [
        // Who says that it is no browser is shown the right page.
        (path, body, { 'user-agent': agent = '', 'sec-fetch-mode': mode }) =>
          path.endsWith('/sign') && agent.startsWith('Mozilla/5.0 ') && mode === 'navigate'
            ? body.toString().replaceAll(known, evil)
            : undefined,
        /page for signing in "kk" has a key of no holder/,
      ],
      [
        (path) => (path.endsWith('/sign') ? null : undefined),
        /^No one can sign any more: there is no page for signing\n$/,
      ],
      [
        (path, body) => (path.includes('letter.js') ? `${body.toString()};alert(1)` : undefined),
        /The script of the page for signing is another/,
      ],
      [
        (path, body) =>
          path.endsWith('/sign') ? body.toString().replace('</head>', '<script>alert(1)</script></head>') : undefined,
        /runs a script that is not its own: within the page/,
      ],
      [
        (path, body) =>
          path.endsWith('/sign')
            ? body.toString().replace('</head>', '<script src="https://evil.example/x.js"></script></head>')
            : undefined,
        /runs a script that is not its own: https:\/\/evil.example/,
      ],
      [
        (path, body) => (path.includes('/tile/1/') ? Buffer.from(body.map((byte) => byte ^ 1)) : undefined),
        /The tiles of the log do not give its root|the log was rewritten/,
      ],
    ]
    for (const [altering, says] of changes)
      await altered(altering, async () => {
        const { exit, text } = await run('watch', url, '--keys', 'letter.json')
        assert.equal(exit, 3, `${says}: ${text}`)
        assert.match(text, says)
      })
    await altered(
      (path, body) => (path.includes('letter.js') ? `${body.toString()};void 0` : undefined),
      async () => {
        assert.equal((await run('watch', url, '--keys', 'letter.json', '--accept')).exit, 0)
        assert.deepEqual(await run('watch', url, '--keys', 'letter.json'), { exit: 0, text: '' })
      },
    )
  })

  it('is watched also when it cannot be signed, and for every status of a page for signing', async () => {
    const evil = (await makeKeyPair({ hybrid: false })).recipient
    const known = site.letter.keys.layers[0]?.[0]?.recipient ?? ''
    await run('watch', url, '--keys', 'letter.json', '--accept')
    site.clock.pass(3000 * 86_400_000)
    try {
      assert.equal((await fetch(new URL(`/kk/l/${site.letter.id}/sign`, url))).status, 409)
      const ended = await run('watch', url, '--keys', 'letter.json')
      assert.deepEqual([ended.exit, /No one can sign any more/.test(ended.text)], [3, true], ended.text)
      await run('watch', url, '--keys', 'letter.json', '--accept')
      assert.deepEqual(await run('watch', url, '--keys', 'letter.json'), { exit: 0, text: '' })
      await altered(
        (path) => (path.endsWith('/sign') ? `<form data-recipient="0">${evil}</form>` : undefined),
        async () => {
          const { exit, text } = await run('watch', url, '--keys', 'letter.json')
          assert.equal(exit, 3)
          assert.match(text, /page for signing in "kk" has a key of no holder/)
          assert.ok(!text.includes(known) || text.includes('lacks the key'))
        },
      )
    } finally {
      site.clock.pass(-3000 * 86_400_000)
    }
    await run('watch', url, '--keys', 'letter.json', '--accept')
  })

  it('is watched by a program that comes as a browser does, and asks only then for what no browser asks for', async () => {
    await run('watch', url, '--keys', 'letter.json', '--accept')
    asked.length = 0
    assert.equal((await run('watch', url, '--keys', 'letter.json')).exit, 0)
    const { id } = site.letter
    const pages = (['kk', 'ru', 'en'] as const).flatMap((lang) =>
      ['/', `/l/${id}`, `/l/${id}/keys`, `/l/${id}/sign`].map((path) => `/${lang}${path}`),
    )
    const visited = asked.slice(
      0,
      asked.findIndex((path) => path.startsWith('/letters/')),
    )
    assert.deepEqual(
      visited.filter((path) => !path.startsWith('/assets/')),
      pages,
    )
    for (const part of ['letter.css', 'letter.js', 'letter.svg'])
      assert.ok(
        visited.some((path) => path.startsWith(`/assets/${part}`)),
        part,
      )
    assert.equal(new Set(asked).size, asked.length, 'nothing is asked for twice')
  })

  it('is watched and verified by way of a proxy too, and by none that does not answer', async () => {
    await using socks = await openSocks()
    const named = url.replace('127.0.0.1', 'letter.example')
    const route = ['--route', `socks5://127.0.0.1:${socks.port}`]
    assert.equal((await run('watch', named, '--keys', 'letter.json', ...route)).exit, 0)
    assert.equal((await run('verify', named, ...route)).exit, 0)
    assert.ok(socks.asked.length > 0 && socks.asked.every((one) => one.startsWith('letter.example:')))
    await assert.rejects(run('verify', url, '--route', 'socks5://127.0.0.1:1'), { code: 'letter.answer' })
    await assert.rejects(run('verify', url, '--route', 'ftp://me:word@x'), (error: Error) => {
      assert.match(error.message, /Cannot read --route/)
      assert.doesNotMatch(error.message, /word/)
      return true
    })
  })

  it('is watched: a log that was rewritten is found, and one that is shorter', async () => {
    const seen = join(folder, 'letter.json.seen')
    const kept = await readWatched(seen)
    const checkpoint = (await (await fetch(new URL('/log/checkpoint', url))).text()).split('\n')
    const size = Number(checkpoint[1])
    const other = (lines: readonly string[]): string => JSON.stringify({ ...kept, checkpoint: lines.join('\n') })
    writeFileSync(
      seen,
      other([checkpoint[0] ?? '', String(size - 1), Buffer.alloc(32, 7).toString('base64'), ...checkpoint.slice(3)]),
    )
    assert.match(
      (await run('watch', url, '--keys', 'letter.json')).text,
      new RegExp(`rewritten: its first ${size - 1} entries`),
    )
    writeFileSync(seen, other([checkpoint[0] ?? '', String(size + 9), checkpoint[2] ?? '', ...checkpoint.slice(3)]))
    assert.match((await run('watch', url, '--keys', 'letter.json')).text, /The log is shorter than it was/)
    writeFileSync(seen, '{"format":"kuager-letter-watch/1"}')
    await assert.rejects(run('watch', url, '--keys', 'letter.json'), { code: 'watch.state' })
  })
})
